//! A channel holds what it has room for, and room that comes free is not lost.

use crate::support::{Hand, now, two_workers, watched};
use graph_runtime::sync::mpsc::{self, error::SendTimeoutError};
use graph_runtime::time::{Duration, Instant};

#[test]
fn every_message_received_makes_room_at_once() {
    let (sender, mut receiver) = mpsc::channel(100);
    (0..100).for_each(|n| sender.try_send(n).unwrap());
    assert!(sender.try_send(100).is_err());
    assert_eq!(receiver.try_recv(), Ok(0));
    assert_eq!((sender.capacity(), receiver.capacity(), sender.max_capacity()), (1, 1, 100));
    sender.try_send(100).unwrap();
    assert_eq!(sender.capacity(), 0);
}

/// The receiver may wait for something that the sender does after it has sent.
#[test]
fn one_message_received_wakes_a_sender_that_waits() {
    let (sender, mut receiver) = mpsc::channel(1000);
    (0..1000).for_each(|n| sender.try_send(n).unwrap());
    let mut waits = Hand::waiting(sender.send(1000));
    assert_eq!(receiver.try_recv(), Ok(0));
    assert_eq!(waits.wakes(), 1);
    waits.assert_ready().unwrap();
}

#[test]
fn reserving_many_waits_for_all_of_them() {
    let (sender, mut receiver) = mpsc::channel(3);
    sender.try_send(1).unwrap();
    let mut waits = Hand::new(sender.reserve_many(3));
    assert!(waits.poll().is_pending());
    assert_eq!(receiver.try_recv(), Ok(1));
    let permits = match waits.poll() {
        std::task::Poll::Ready(permits) => permits.unwrap(),
        std::task::Poll::Pending => panic!("there is room for three"),
    };
    assert_eq!(permits.len(), 3);
    drop(permits);
    assert_eq!(sender.capacity(), 3);
    assert!(now(sender.reserve_many(4)).is_err(), "there never is room for four");
    assert!(sender.try_reserve_many(4).is_err());
}

#[test]
#[should_panic = "requires buffer > 0"]
fn a_channel_without_room_is_refused() {
    drop(mpsc::channel::<u8>(0));
}

#[test]
fn a_large_capacity_costs_nothing_in_advance() {
    let (sender, _receiver) = mpsc::channel(graph_runtime::sync::Semaphore::MAX_PERMITS);
    sender.try_send(1).unwrap();
    assert_eq!(sender.capacity(), graph_runtime::sync::Semaphore::MAX_PERMITS - 1);
}

#[test]
fn sending_in_time_or_not_at_all() {
    watched(|| {
        two_workers().block_on(async {
            let (sender, mut receiver) = mpsc::channel(1);
            let limit = Duration::from_millis(5);
            sender.send_timeout(1, limit).await.unwrap();
            let start = Instant::now();
            assert_eq!(sender.send_timeout(2, limit).await, Err(SendTimeoutError::Timeout(2)));
            assert!(start.elapsed() >= limit);
            assert_eq!(receiver.recv().await, Some(1));
            drop(receiver);
            assert_eq!(sender.send_timeout(3, limit).await, Err(SendTimeoutError::Closed(3)));
        });
    });
}
