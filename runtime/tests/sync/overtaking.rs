//! A running task may take the mutex before one that was woken, but not for ever.

use crate::support::{Hand, on_two_workers};
use graph_runtime::sync::Mutex;
use std::sync::Arc;

#[test]
fn who_was_woken_can_be_overtaken() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let mut waits = Hand::waiting(mutex.lock());
    drop(guard);
    assert!(waits.is_woken());
    let guard = mutex.try_lock().expect("it is free until the other one comes");
    waits.assert_pending();
    drop(guard);
    drop(waits.assert_ready());
}

#[test]
fn nobody_is_woken_while_one_is_on_its_way() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let mut first = Hand::waiting(mutex.lock());
    let second = Hand::waiting(mutex.lock());
    drop(guard);
    for _ in 0..3 {
        drop(mutex.try_lock().unwrap());
    }
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    drop(first.assert_ready());
    assert_eq!(second.wakes(), 1, "the next one is not forgotten");
}

#[test]
fn after_some_losses_the_lock_is_handed_over() {
    let mutex = Mutex::new(0);
    let mut guard = mutex.try_lock().unwrap();
    let mut waits = Hand::waiting(mutex.lock());
    let mut losses = 0;
    loop {
        drop(guard);
        match mutex.try_lock() {
            Ok(taken) => guard = taken,
            Err(_) => break,
        }
        waits.assert_pending();
        losses += 1;
        assert!(losses <= 10, "it loses for ever");
    }
    assert_eq!(losses, 4);
    drop(waits.assert_ready());
    assert!(mutex.try_lock().is_ok());
}

#[test]
fn who_lost_stays_first_in_line() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let mut first = Hand::waiting(mutex.lock());
    let mut second = Hand::waiting(mutex.lock());
    drop(guard);
    let guard = mutex.try_lock().unwrap();
    first.assert_pending();
    drop(guard);
    assert_eq!((first.wakes(), second.wakes()), (2, 0));
    drop(first.assert_ready());
    drop(second.assert_ready());
}

/// Tasks that never wait for anything else share the mutex with one that comes rarely.
#[test]
fn a_rare_visitor_gets_its_turn() {
    let visits = on_two_workers(async {
        let mutex = Arc::new(Mutex::new(true));
        let busy: Vec<_> = (0..2)
            .map(|_| {
                let mutex = Arc::clone(&mutex);
                graph_runtime::spawn(async move {
                    while *mutex.lock().await {
                        graph_runtime::task::yield_now().await;
                    }
                })
            })
            .collect();
        let mut visits = 0;
        for _ in 0..100 {
            assert!(*mutex.lock().await);
            graph_runtime::task::yield_now().await;
            visits += 1;
        }
        *mutex.lock().await = false;
        for task in busy {
            task.await.unwrap();
        }
        visits
    });
    assert_eq!(visits, 100);
}
