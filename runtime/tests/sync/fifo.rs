//! First come, first served.

use crate::support::Hand;
use graph_runtime::runtime::Builder;
use graph_runtime::sync::{Mutex, RwLock, Semaphore, mpsc};
use graph_runtime::task::coop::{consume_budget, has_budget_remaining};
use std::pin::pin;
use std::task::{Context, Waker};

#[test]
fn permits_go_to_who_has_waited_longest() {
    let semaphore = Semaphore::new(0);
    let mut waiting: Vec<_> = (0..10).map(|_| Hand::waiting(semaphore.acquire())).collect();
    for next in 0..waiting.len() {
        semaphore.add_permits(1);
        let woken: Vec<_> = waiting.iter().map(Hand::is_woken).collect();
        assert!(woken[..=next].iter().all(|it| *it) && woken[next + 1..].iter().all(|it| !it));
        waiting[next].assert_ready().unwrap().forget();
    }
}

#[test]
fn a_large_request_is_not_overtaken_by_small_ones() {
    let semaphore = Semaphore::new(1);
    let mut large = Hand::waiting(semaphore.acquire_many(3));
    let mut small = Hand::waiting(semaphore.acquire());
    assert!(semaphore.try_acquire().is_err(), "what there was is spoken for");
    semaphore.add_permits(1);
    assert!(!large.is_woken() && !small.is_woken());
    semaphore.add_permits(1);
    assert!(large.is_woken() && !small.is_woken());
    drop(large.assert_ready());
    drop(small.assert_ready());
    assert_eq!(semaphore.available_permits(), 3);
}

#[test]
fn a_reader_waits_behind_a_writer() {
    let lock = RwLock::new(0);
    let reads = lock.try_read().unwrap();
    let mut writer = Hand::waiting(lock.write());
    let mut reader = Hand::waiting(lock.read());
    assert!(lock.try_read().is_err());
    drop(reads);
    assert!(writer.is_woken() && !reader.is_woken());
    let guard = writer.assert_ready();
    reader.assert_pending();
    drop(guard);
    drop(reader.assert_ready());
}

#[test]
fn a_channel_serves_senders_in_order() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send(0).unwrap();
    let mut waiting: Vec<_> = (1..=5).map(|n| Hand::waiting(sender.send(n))).collect();
    for next in 0..=5 {
        assert_eq!(receiver.try_recv(), Ok(next));
        assert!(sender.try_send(99).is_err() || next == 5, "nobody gets past the line");
        if let Some(hand) = waiting.get_mut(next) {
            assert!(hand.is_woken());
            hand.assert_ready().unwrap();
        }
        assert!(waiting.iter().skip(next + 1).all(|hand| !hand.is_woken()));
    }
}

/// Polls `late` on a runtime, in a turn that is over, and then `later`, which must stay behind it.
async fn assert_keeps_its_place<A, B>(late: &mut Hand<A>, later: &mut Hand<B>)
where
    A: Future<Output: std::fmt::Debug>,
    B: Future<Output: std::fmt::Debug>,
{
    graph_runtime::task::yield_now().await;
    while has_budget_remaining() {
        let spent = pin!(consume_budget()).poll(&mut Context::from_waker(Waker::noop()));
        assert!(spent.is_ready());
    }
    late.assert_pending();
    assert!(!late.is_woken(), "it is woken when it is served");
    graph_runtime::task::unconstrained(async { later.assert_pending() }).await;
}

fn on_current_thread<F: Future>(future: F) -> F::Output {
    Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_task_whose_turn_is_over_keeps_its_place_before_a_lock() {
    let mutex = Mutex::new(());
    let guard = mutex.try_lock().unwrap();
    let (mut late, mut later) = (Hand::new(mutex.lock()), Hand::new(mutex.lock()));
    on_current_thread(assert_keeps_its_place(&mut late, &mut later));
    drop(guard);
    assert!(!later.is_woken());
    drop(late.assert_ready());
    drop(later.assert_ready());
}

#[test]
fn a_task_whose_turn_is_over_keeps_its_place_before_a_semaphore() {
    let semaphore = Semaphore::new(1);
    let (mut late, mut later) =
        (Hand::new(semaphore.acquire_many(2)), Hand::new(semaphore.acquire_many(2)));
    on_current_thread(assert_keeps_its_place(&mut late, &mut later));
    semaphore.add_permits(1);
    assert!(!later.is_woken());
    drop(late.assert_ready());
    drop(later.assert_ready());
}

#[test]
fn a_task_whose_turn_is_over_keeps_its_place_before_a_channel() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send(0).unwrap();
    let (mut late, mut later) = (Hand::new(sender.send(1)), Hand::new(sender.send(2)));
    on_current_thread(assert_keeps_its_place(&mut late, &mut later));
    assert_eq!(receiver.try_recv(), Ok(0));
    assert!(!later.is_woken());
    late.assert_ready().unwrap();
    assert_eq!(receiver.try_recv(), Ok(1));
    later.assert_ready().unwrap();
}

#[test]
fn a_task_whose_turn_is_over_takes_nothing_that_is_free() {
    let (mutex, semaphore) = (Mutex::new(()), Semaphore::new(1));
    let (mut locking, mut acquiring) = (Hand::new(mutex.lock()), Hand::new(semaphore.acquire()));
    on_current_thread(async {
        while has_budget_remaining() {
            consume_budget().await;
        }
        locking.assert_pending();
        acquiring.assert_pending();
    });
    assert!(mutex.try_lock().is_ok() && semaphore.try_acquire().is_ok());
    drop(locking.assert_ready());
    drop(acquiring.assert_ready());
}
