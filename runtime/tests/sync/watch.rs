//! Receivers see the latest value, and that it has changed.

use crate::support::{Drops, Hand, now, on_two_workers};
use graph_runtime::sync::watch;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn the_first_value_counts_as_seen() {
    let (sender, mut receiver) = watch::channel(1);
    assert!(!receiver.has_changed().unwrap());
    let mut waits = Hand::waiting(receiver.changed());
    sender.send(2).unwrap();
    assert!(waits.is_woken());
    assert_eq!(waits.assert_ready(), Ok(()));
    drop(waits);
    assert_eq!(*receiver.borrow(), 2);
    Hand::waiting(receiver.changed());
}

#[test]
fn borrowing_counts_as_seen_only_if_asked_for() {
    let (sender, mut receiver) = watch::channel(1);
    sender.send_replace(2);
    assert!(receiver.borrow().has_changed() && receiver.has_changed().unwrap());
    assert!(receiver.borrow_and_update().has_changed());
    assert!(!receiver.borrow_and_update().has_changed() && !receiver.has_changed().unwrap());
    receiver.mark_changed();
    assert!(receiver.has_changed().unwrap());
    receiver.mark_unchanged();
    assert!(!receiver.has_changed().unwrap());
    assert!(!sender.borrow().has_changed());
}

#[test]
fn only_the_latest_value_is_kept() {
    let drops = Drops::default();
    let (sender, receiver) = watch::channel(drops.guard());
    sender.send(drops.guard()).unwrap();
    sender.send_modify(|value| *value = drops.guard());
    assert_eq!(drops.count(), 2);
    drop((sender, receiver));
    assert_eq!(drops.count(), 3);
}

#[test]
fn a_change_that_is_none_tells_nobody() {
    let (sender, receiver) = watch::channel(1);
    assert!(!sender.send_if_modified(|_| false));
    assert!(!receiver.has_changed().unwrap());
    assert!(sender.send_if_modified(|n| std::mem::replace(n, 2) == 1));
    assert!(receiver.has_changed().unwrap());
}

#[test]
fn a_change_that_panics_tells_nobody_and_breaks_nothing() {
    let (sender, receiver) = watch::channel(1);
    let panic = catch_unwind(AssertUnwindSafe(|| sender.send_modify(|_| panic!("no"))));
    assert!(panic.is_err() && !receiver.has_changed().unwrap());
    sender.send(2).unwrap();
    assert_eq!(*receiver.borrow(), 2);
}

#[test]
fn the_last_change_is_seen_before_the_end() {
    let (sender, mut receiver) = watch::channel(1);
    sender.send(2).unwrap();
    let other = sender.clone();
    drop(sender);
    assert!(!receiver.is_closed());
    drop(other);
    assert!(receiver.is_closed() && receiver.has_changed().is_err());
    assert_eq!(now(receiver.changed()), Ok(()));
    assert!(now(receiver.changed()).is_err());
}

#[test]
fn waiting_for_a_value_looks_at_the_one_there_is() {
    let (sender, mut receiver) = watch::channel(5);
    assert_eq!(*now(receiver.wait_for(|n| *n == 5)).unwrap(), 5);
    let mut waits = Hand::new(receiver.wait_for(|n| *n > 6));
    assert!(waits.poll().is_pending());
    sender.send(6).unwrap();
    assert!(waits.poll().is_pending());
    sender.send(7).unwrap();
    assert!(waits.poll().is_ready());
    drop(waits);
    drop(sender);
    assert!(now(receiver.wait_for(|n| *n > 7)).is_err());
}

#[test]
fn senders_learn_when_nobody_watches() {
    let (sender, receiver) = watch::channel(1);
    let clone = receiver.clone();
    assert_eq!((sender.receiver_count(), sender.sender_count()), (2, 1));
    let mut closed = Hand::waiting(sender.closed());
    drop((receiver, clone));
    assert!(closed.is_woken() && sender.is_closed());
    closed.assert_ready();
    assert_eq!(sender.send(2).unwrap_err().0, 2);
    assert_eq!(sender.send_replace(3), 1);
    let receiver = sender.subscribe();
    assert!(!receiver.has_changed().unwrap() && *receiver.borrow() == 3);
}

#[test]
fn nobody_misses_the_last_value() {
    on_two_workers(async {
        let (sender, receiver) = watch::channel(0);
        let watchers: Vec<_> = (0..4)
            .map(|_| {
                let mut receiver = receiver.clone();
                graph_runtime::spawn(async move {
                    let mut last = 0;
                    while receiver.changed().await.is_ok() {
                        let now = *receiver.borrow_and_update();
                        assert!(now >= last, "values go forward");
                        last = now;
                    }
                    last
                })
            })
            .collect();
        for n in 1..=20_000 {
            sender.send(n).unwrap();
        }
        drop(sender);
        for watcher in watchers {
            assert_eq!(watcher.await.unwrap(), 20_000);
        }
    });
}
