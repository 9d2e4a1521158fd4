//! How channels end, from either side.

use crate::support::{Drops, Hand, now};
use graph_runtime::sync::mpsc::{self, error::TryRecvError, error::TrySendError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

#[test]
fn the_end_comes_after_the_last_message_of_the_last_sender() {
    let (sender, mut receiver) = mpsc::channel(8);
    let other = sender.clone();
    sender.try_send(1).unwrap();
    drop(sender);
    other.try_send(2).unwrap();
    assert!(!receiver.is_closed());
    drop(other);
    assert!(receiver.is_closed());
    assert_eq!(receiver.len(), 2);
    assert_eq!((now(receiver.recv()), now(receiver.recv())), (Some(1), Some(2)));
    assert_eq!((now(receiver.recv()), receiver.len()), (None, 0));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
}

#[test]
fn a_receiver_that_waits_learns_of_the_end() {
    let (sender, mut receiver) = mpsc::unbounded_channel::<u8>();
    let mut waits = Hand::waiting(receiver.recv());
    drop(sender);
    assert!(waits.is_woken());
    assert_eq!(waits.assert_ready(), None);
}

#[test]
fn closing_fails_senders_and_keeps_messages() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send(1).unwrap();
    let mut waits = Hand::waiting(sender.send(2));
    let mut closed = Hand::waiting(sender.closed());
    receiver.close();
    assert_eq!(waits.assert_ready().unwrap_err().0, 2);
    closed.assert_ready();
    assert_eq!(sender.try_send(3), Err(TrySendError::Closed(3)));
    assert!(sender.is_closed());
    assert_eq!((now(receiver.recv()), now(receiver.recv())), (Some(1), None));
}

#[test]
fn a_permit_that_is_out_holds_up_the_end() {
    let (sender, mut receiver) = mpsc::channel(2);
    let used = sender.try_reserve().unwrap();
    let unused = sender.try_reserve().unwrap();
    receiver.close();
    let mut waits = Hand::waiting(receiver.recv());
    used.send(7);
    assert!(waits.is_woken());
    assert_eq!(waits.assert_ready(), Some(7));
    drop(waits);
    let mut waits = Hand::waiting(receiver.recv());
    drop(unused);
    assert!(waits.is_woken());
    assert_eq!(waits.assert_ready(), None);
}

#[test]
fn trying_tells_whether_a_message_may_still_come() {
    let (sender, mut receiver) = mpsc::channel::<u8>(2);
    let permit = sender.try_reserve().unwrap();
    receiver.close();
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    drop(permit);
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
}

#[test]
fn room_that_comes_back_from_the_line_ends_a_closed_channel() {
    for gives_up in [true, false] {
        let (sender, mut receiver) = mpsc::channel::<u8>(2);
        let permit = sender.try_reserve().unwrap();
        let mut in_line = Hand::waiting(sender.reserve_many(2));
        receiver.close();
        let mut waits = Hand::waiting(receiver.recv());
        drop(permit);
        assert!(!waits.is_woken(), "the other half is still in the line");
        if gives_up {
            drop(in_line);
        } else {
            assert!(in_line.assert_ready().is_err());
        }
        assert!(waits.is_woken());
        assert_eq!(waits.assert_ready(), None);
    }
}

#[test]
fn room_that_was_given_and_not_looked_at_ends_a_closed_channel() {
    for gives_up in [true, false] {
        let (sender, mut receiver) = mpsc::channel::<u8>(1);
        let permit = sender.try_reserve().unwrap();
        let mut in_line = Hand::waiting(sender.reserve());
        drop(permit);
        assert!(in_line.is_woken());
        receiver.close();
        let mut waits = Hand::waiting(receiver.recv());
        if gives_up {
            drop(in_line);
        } else {
            assert!(in_line.assert_ready().is_err());
        }
        assert!(waits.is_woken());
        assert_eq!(waits.assert_ready(), None);
    }
}

/// Whether dropping it panics.
struct Fragile(bool, Drops);

impl Drop for Fragile {
    fn drop(&mut self) {
        drop(self.1.guard());
        assert!(!self.0, "it breaks");
    }
}

#[test]
fn a_message_that_panics_when_dropped_takes_no_other_with_it() {
    let drops = Drops::default();
    let (sender, receiver) = mpsc::unbounded_channel();
    for breaks in [true, false, false] {
        assert!(sender.send(Fragile(breaks, drops.clone())).is_ok());
    }
    assert!(catch_unwind(AssertUnwindSafe(|| drop(receiver))).is_err());
    assert_eq!(drops.count(), 3, "while there is a sender left");
    drop(sender);
}

#[test]
fn a_receiver_that_goes_lets_go_of_its_waker() {
    struct Nothing;
    impl Wake for Nothing {
        fn wake(self: Arc<Self>) {}
    }
    let nothing = Arc::new(Nothing);
    let waker = Waker::from(Arc::clone(&nothing));
    let (_sender, mut receiver) = mpsc::channel::<u8>(1);
    assert!(receiver.poll_recv(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(Arc::strong_count(&nothing), 3);
    drop(receiver);
    assert_eq!(Arc::strong_count(&nothing), 2);
}

#[test]
fn a_receiver_that_goes_fails_senders() {
    let (sender, receiver) = mpsc::channel(1);
    sender.try_send(1).unwrap();
    let permit_less = Hand::waiting(sender.reserve());
    drop(receiver);
    assert!(permit_less.is_woken());
    let mut permit_less = permit_less;
    assert!(permit_less.assert_ready().is_err());
    assert!(sender.try_reserve_many(1).is_err());
    now(sender.closed());
}

#[test]
fn an_unbounded_channel_ends_as_well() {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    sender.send(1).unwrap();
    receiver.close();
    assert_eq!(sender.send(2).unwrap_err().0, 2);
    assert_eq!((now(receiver.recv()), now(receiver.recv())), (Some(1), None));
}
