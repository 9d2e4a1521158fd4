//! The oneshot: the value arrives whole, and each end learns that the other is done.

use graph_runtime::sync::oneshot;
use loom_tests::{JoinWaker, Tracked, explore};
use primitives::park_on;
use primitives::shim::thread;
use std::pin::Pin;
use std::task::{Context, Poll};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::OneshotCompleteRelease, "sync_oneshot::a_value_arrives_whole"),
    (Mutant::OneshotWaitRelease, "sync_oneshot::a_value_arrives_whole"),
    (Mutant::OneshotWakerRace, "sync_oneshot::the_value_meets_a_change_of_the_waker"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

fn send(sender: oneshot::Sender<Tracked>) -> thread::JoinHandle<bool> {
    thread::spawn(move || {
        let value = Tracked::new(0);
        value.write(7);
        sender.send(value).is_ok()
    })
}

#[test]
fn a_value_arrives_whole() {
    explore(3, || {
        let (sender, receiver) = oneshot::channel();
        let other = send(sender);
        assert_eq!(park_on(receiver).unwrap().read(), 7);
        assert!(other.join().unwrap());
    });
}

#[test]
fn the_value_meets_a_change_of_the_waker() {
    explore(3, || {
        let (sender, mut receiver) = oneshot::channel();
        let wakers = [JoinWaker::default(), JoinWaker::default()];
        let mut poll = |waker: &JoinWaker| {
            Pin::new(&mut receiver).poll(&mut Context::from_waker(&waker.waker()))
        };
        assert!(poll(&wakers[0]).is_pending());
        let other = send(sender);
        let polled = poll(&wakers[1]);
        assert!(other.join().unwrap());
        let value = match polled {
            Poll::Ready(value) => value,
            Poll::Pending => {
                assert_eq!(wakers[1].woken(), 1, "the last waker is woken");
                park_on(receiver)
            }
        };
        assert_eq!(value.unwrap().read(), 7);
    });
}

#[test]
fn the_value_meets_the_end_of_the_receiver() {
    explore(3, || {
        let (sender, receiver) = oneshot::channel();
        let other = send(sender);
        drop(receiver);
        other.join().unwrap();
    });
}

#[test]
fn the_end_of_the_receiver_is_noticed() {
    explore(3, || {
        let (mut sender, receiver) = oneshot::channel::<Tracked>();
        let other = thread::spawn(move || drop(receiver));
        park_on(sender.closed());
        other.join().unwrap();
    });
}

#[test]
fn the_end_of_the_sender_is_noticed() {
    explore(3, || {
        let (sender, receiver) = oneshot::channel::<Tracked>();
        let other = thread::spawn(move || drop(sender));
        assert!(park_on(receiver).is_err());
        other.join().unwrap();
    });
}
