//! A value is computed, or set, once.

use crate::support::{Drops, Hand, now, on_two_workers};
use graph_runtime::sync::{OnceCell, SetOnce};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn one_computes_and_the_others_wait() {
    let runs = on_two_workers(async {
        let shared = Arc::new((OnceCell::new(), AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let shared = Arc::clone(&shared);
                graph_runtime::spawn(async move {
                    let compute = || async {
                        graph_runtime::task::yield_now().await;
                        shared.1.fetch_add(1, Ordering::SeqCst)
                    };
                    assert_eq!(*shared.0.get_or_init(compute).await, 0);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        shared.1.load(Ordering::SeqCst)
    });
    assert_eq!(runs, 1);
}

#[test]
fn a_failure_leaves_the_cell_empty_for_the_next() {
    let cell = OnceCell::new();
    let mut fails = Hand::waiting(cell.get_or_try_init(|| async {
        graph_runtime::task::yield_now().await;
        Err::<u32, _>("no")
    }));
    let mut next = Hand::waiting(cell.get_or_try_init(|| async { Ok::<_, &str>(2) }));
    assert!(cell.set(9).unwrap_err().is_initializing_err());
    assert_eq!(fails.assert_ready(), Err("no"));
    assert!(next.is_woken());
    assert_eq!(next.assert_ready(), Ok(&2));
    assert!(cell.set(9).unwrap_err().is_already_init_err());
}

#[test]
fn cells_own_their_value() {
    let drops = Drops::default();
    let mut cell = OnceCell::new_with(Some(drops.guard()));
    assert!(cell.initialized() && cell.get_mut().is_some());
    drop(cell.take());
    assert_eq!(drops.count(), 1);
    assert!(!cell.initialized());
    assert!(cell.set(drops.guard()).is_ok());
    drop(cell);
    assert_eq!(drops.count(), 2);
    drop(SetOnce::from(drops.guard()).into_inner());
    assert_eq!(drops.count(), 3);
}

#[test]
fn cells_compare_and_clone_by_value() {
    let cell = OnceCell::from(1);
    assert!(cell == cell.clone() && cell != OnceCell::new() && cell.into_inner() == Some(1));
    let set = SetOnce::from(1);
    assert!(set == set.clone() && set != SetOnce::new());
}

#[test]
fn setting_wakes_everybody_once() {
    let set = SetOnce::new();
    let mut waiting: Vec<_> = (0..100).map(|_| Hand::waiting(set.wait())).collect();
    set.set(5).unwrap();
    assert_eq!(set.set(6).unwrap_err().0, 6);
    for hand in &mut waiting {
        assert_eq!(hand.wakes(), 1);
        assert_eq!(*hand.assert_ready(), 5);
    }
    assert_eq!(*now(set.wait()), 5);
}
