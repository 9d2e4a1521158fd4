//! Weak senders do not keep a channel open, and counts are right.

use crate::support::now;
use graph_runtime::sync::{broadcast, mpsc};

#[test]
fn of_a_bounded_channel() {
    let (sender, mut receiver) = mpsc::channel(2);
    let weak = sender.downgrade();
    let also_weak = weak.clone();
    assert_eq!((sender.strong_count(), sender.weak_count()), (1, 2));
    let strong = weak.upgrade().unwrap();
    assert!(strong.same_channel(&sender));
    assert_eq!((receiver.sender_strong_count(), receiver.sender_weak_count()), (2, 2));
    strong.try_send(1).unwrap();
    drop((sender, strong, also_weak));
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 1));
    assert!(weak.upgrade().is_none());
    assert_eq!((now(receiver.recv()), now(receiver.recv())), (Some(1), None));
}

#[test]
fn of_an_unbounded_channel() {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let weak = sender.downgrade();
    weak.upgrade().unwrap().send(1).unwrap();
    drop(sender);
    assert!(weak.upgrade().is_none());
    assert_eq!((now(receiver.recv()), now(receiver.recv())), (Some(1), None));
}

#[test]
fn of_a_broadcast() {
    let (sender, mut receiver) = broadcast::channel(2);
    let weak = sender.downgrade();
    assert_eq!((sender.strong_count(), weak.weak_count()), (1, 1));
    assert_eq!(weak.upgrade().unwrap().send(1), Ok(1));
    drop(sender);
    assert!(weak.upgrade().is_none() && receiver.is_closed());
    assert_eq!(now(receiver.recv()), Ok(1));
}
