//! A barrier lets go exactly when enough have come, again and again.

use crate::support::{Hand, now, on_two_workers};
use graph_runtime::sync::Barrier;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn nobody_goes_before_enough_have_come() {
    let barrier = Barrier::new(3);
    let mut first = Hand::waiting(barrier.wait());
    let mut second = Hand::waiting(barrier.wait());
    assert!(now(barrier.wait()).is_leader());
    assert!(first.is_woken() && second.is_woken());
    assert!(!first.assert_ready().is_leader() && !second.assert_ready().is_leader());
}

#[test]
fn zero_is_one() {
    assert!(now(Barrier::new(0).wait()).is_leader());
}

#[test]
fn an_arrival_that_gives_up_does_not_count() {
    let barrier = Barrier::new(2);
    drop(Hand::waiting(barrier.wait()));
    let mut waits = Hand::waiting(barrier.wait());
    assert!(now(barrier.wait()).is_leader());
    assert!(!waits.assert_ready().is_leader());
}

#[test]
fn one_that_may_go_and_gives_up_leaves_the_next_time_alone() {
    let barrier = Barrier::new(2);
    let may_go = Hand::waiting(barrier.wait());
    assert!(now(barrier.wait()).is_leader());
    drop(may_go);
    let mut waits = Hand::waiting(barrier.wait());
    assert!(now(barrier.wait()).is_leader());
    waits.assert_ready();
}

#[test]
fn more_than_a_batch_goes_together_many_times() {
    const TASKS: usize = 100;
    const TIMES: usize = 20;
    let leaders = on_two_workers(async {
        let barrier = Arc::new(Barrier::new(TASKS));
        let arrived = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let (barrier, arrived) = (Arc::clone(&barrier), Arc::clone(&arrived));
                graph_runtime::spawn(async move {
                    let mut leads = 0;
                    for time in 1..=TIMES {
                        arrived.fetch_add(1, Ordering::SeqCst);
                        leads += usize::from(barrier.wait().await.is_leader());
                        assert!(arrived.load(Ordering::SeqCst) >= time * TASKS);
                    }
                    leads
                })
            })
            .collect();
        let mut leaders = 0;
        for task in tasks {
            leaders += task.await.unwrap();
        }
        leaders
    });
    assert_eq!(leaders, TIMES, "one leader each time");
}
