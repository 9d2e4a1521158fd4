//! One value, or the news that there will be none.

use crate::support::{Drops, Hand, now, on_two_workers};
use graph_runtime::sync::oneshot::{self, error::TryRecvError};

#[test]
fn the_value_arrives_before_or_after_it_is_waited_for() {
    let (sender, receiver) = oneshot::channel();
    sender.send(1).unwrap();
    assert_eq!(now(receiver), Ok(1));
    let (sender, receiver) = oneshot::channel();
    let mut waits = Hand::waiting(receiver);
    sender.send(2).unwrap();
    assert_eq!((waits.wakes(), waits.assert_ready()), (1, Ok(2)));
}

#[test]
fn a_sender_that_goes_fails_the_receiver() {
    let (sender, mut receiver) = oneshot::channel::<u8>();
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    let mut waits = Hand::waiting(&mut receiver);
    drop(sender);
    assert!(waits.is_woken());
    assert!(waits.assert_ready().is_err());
    drop(waits);
    assert!(receiver.is_terminated());
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn a_receiver_that_goes_tells_the_sender_and_gives_the_value_back() {
    let (mut sender, receiver) = oneshot::channel();
    let mut closed = Hand::waiting(sender.closed());
    drop(receiver);
    assert!(closed.is_woken());
    closed.assert_ready();
    drop(closed);
    assert!(sender.is_closed());
    assert_eq!(sender.send(3), Err(3));
}

#[test]
fn what_was_sent_before_closing_can_be_received() {
    let (sender, mut receiver) = oneshot::channel();
    sender.send(4).unwrap();
    receiver.close();
    assert!(!receiver.is_empty());
    assert_eq!(receiver.try_recv(), Ok(4));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn closing_while_waiting_is_the_end() {
    let (_sender, mut receiver) = oneshot::channel::<u8>();
    drop(Hand::waiting(&mut receiver));
    receiver.close();
    assert!(now(receiver).is_err());
}

#[test]
fn the_last_waker_is_woken() {
    let (sender, mut receiver) = oneshot::channel();
    let first = Hand::waiting(&mut receiver);
    let first_wakes = {
        let count = first;
        count.wakes()
    };
    let mut second = Hand::waiting(&mut receiver);
    sender.send(5).unwrap();
    assert_eq!((first_wakes, second.wakes()), (0, 1));
    assert_eq!(second.assert_ready(), Ok(5));
}

#[test]
fn a_value_that_nobody_receives_is_dropped_with_the_receiver() {
    let drops = Drops::default();
    let (sender, receiver) = oneshot::channel();
    sender.send(drops.guard()).unwrap();
    drop(receiver);
    assert_eq!(drops.count(), 1);
}

#[test]
#[should_panic = "polled after it was done"]
fn polling_it_again_is_a_mistake() {
    let (sender, receiver) = oneshot::channel();
    sender.send(6).unwrap();
    let mut hand = Hand::new(receiver);
    assert_eq!(hand.assert_ready(), Ok(6));
    let _ = hand.poll();
}

#[test]
fn many_cross_between_workers() {
    let sum = on_two_workers(async {
        let mut sum = 0;
        for n in 0..5_000 {
            let (sender, receiver) = oneshot::channel();
            let task = graph_runtime::spawn(receiver);
            graph_runtime::spawn(async move { sender.send(n).unwrap() });
            sum += task.await.unwrap().unwrap();
        }
        sum
    });
    assert_eq!(sum, 4_999 * 5_000 / 2);
}
