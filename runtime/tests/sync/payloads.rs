//! What is sent is dropped once, whoever goes first, and not under a lock.

use crate::support::{Drops, Guard, Hand, now};
use graph_runtime::sync::{broadcast, mpsc, oneshot, watch};
use std::sync::{Arc, Mutex, PoisonError};

#[test]
fn a_receiver_that_goes_drops_what_was_sent() {
    let drops = Drops::default();
    let (sender, receiver) = mpsc::channel(100);
    // More than one block.
    (0..70).for_each(|_| sender.try_send(drops.guard()).unwrap());
    drop(receiver);
    assert_eq!(drops.count(), 70);
    assert!(sender.try_send(drops.guard()).is_err());
    assert_eq!(drops.count(), 71);
}

#[test]
fn a_message_of_a_late_permit_goes_with_the_channel() {
    let drops = Drops::default();
    let (sender, receiver) = mpsc::channel(1);
    let permit = sender.clone().try_reserve_owned().unwrap();
    drop(receiver);
    drop(permit.send(drops.guard()));
    assert_eq!(drops.count(), 0);
    drop(sender);
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_send_that_gives_up_drops_its_message() {
    let drops = Drops::default();
    let (sender, receiver) = mpsc::channel(1);
    sender.try_send(drops.guard()).unwrap();
    let waits = Hand::new(sender.send(drops.guard()));
    drop(waits);
    assert_eq!(drops.count(), 1);
    drop((sender, receiver));
    assert_eq!(drops.count(), 2);
}

/// What a message does when it is dropped.
type OnDrop = Arc<Mutex<Option<Box<dyn Fn() + Send>>>>;

#[derive(Clone)]
struct Reenters {
    on_drop: OnDrop,
    _counted: Arc<Guard>,
}

impl Drop for Reenters {
    fn drop(&mut self) {
        let on_drop = self.on_drop.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(on_drop) = on_drop {
            on_drop();
        }
    }
}

/// A message whose drop uses the very channel it was in deadlocks if a lock is held.
#[test]
fn a_drop_may_use_the_channel() {
    let drops = Drops::default();
    let on_drop = OnDrop::default();
    let message = || Reenters { on_drop: Arc::clone(&on_drop), _counted: Arc::new(drops.guard()) };

    let (sender, mut receiver) = broadcast::channel(1);
    let uses = sender.clone();
    *on_drop.lock().unwrap() = Some(Box::new(move || assert_eq!(uses.receiver_count(), 1)));
    assert!(sender.send(message()).is_ok());
    assert!(sender.send(message()).is_ok(), "the first one is overwritten");
    drop((receiver.try_recv(), sender, receiver));

    let (sender, receiver) = mpsc::channel(4);
    let uses = sender.clone();
    *on_drop.lock().unwrap() = Some(Box::new(move || assert!(uses.is_closed())));
    assert!(sender.try_send(message()).is_ok());
    drop((receiver, sender));

    let (sender, receiver) = watch::channel(message());
    let uses = receiver.clone();
    *on_drop.lock().unwrap() = Some(Box::new(move || drop(uses.borrow())));
    assert!(sender.send(message()).is_ok());
    drop((receiver, sender));

    let (sender, receiver) = oneshot::channel();
    assert!(sender.send(message()).is_ok());
    drop(receiver);
    assert_eq!(drops.count(), 6);
}

#[test]
fn a_value_without_size_takes_no_room_but_is_counted() {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    (0..1000).for_each(|_| sender.send(()).unwrap());
    assert_eq!(receiver.len(), 1000);
    drop(sender);
    let mut received = 0;
    while now(receiver.recv()).is_some() {
        received += 1;
    }
    assert_eq!(received, 1000);
}
