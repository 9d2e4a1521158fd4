//! A receiver that is too slow learns how much it has missed.

use crate::support::{Hand, now};
use graph_runtime::sync::broadcast::{self, error::RecvError, error::TryRecvError};
use proptest::prelude::*;

#[test]
fn the_count_is_exact_and_the_oldest_left_comes_next() {
    let (sender, mut receiver) = broadcast::channel(4);
    for n in 0..10 {
        sender.send(n).unwrap();
    }
    assert_eq!(receiver.len(), 10);
    assert_eq!(now(receiver.recv()), Err(RecvError::Lagged(6)));
    for n in 6..10 {
        assert_eq!(now(receiver.recv()), Ok(n));
    }
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn the_capacity_is_rounded_up_to_a_power_of_two() {
    let (sender, mut receiver) = broadcast::channel(3);
    (0..4).for_each(|n| assert_eq!(sender.send(n), Ok(1)));
    assert_eq!(receiver.try_recv(), Ok(0));
}

#[test]
fn who_waits_while_it_is_overrun_learns_it_too() {
    let (sender, mut receiver) = broadcast::channel(2);
    let mut waits = Hand::waiting(receiver.recv());
    for n in 0..5 {
        sender.send(n).unwrap();
    }
    assert_eq!(waits.wakes(), 1, "it is woken by the first message only");
    assert_eq!(waits.assert_ready(), Err(RecvError::Lagged(3)));
}

#[test]
fn what_is_left_is_received_after_the_end_as_well() {
    let (sender, mut receiver) = broadcast::channel(2);
    (0..3).for_each(|n| assert_eq!(sender.send(n), Ok(1)));
    drop(sender);
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Lagged(1)));
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(1), Ok(2)));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
}

proptest! {
    /// Against a plain list of everything that was sent.
    #[test]
    fn it_is_as_in_the_books(
        capacity in 1usize..9,
        steps in prop::collection::vec(0u8..5, 0..200),
    ) {
        let kept = capacity.next_power_of_two() as u64;
        let (sender, receiver) = broadcast::channel(capacity);
        let mut receivers = vec![(receiver, 0u64)];
        let mut sent = 0u64;
        for step in steps {
            match step {
                0 | 1 => {
                    prop_assert_eq!(sender.send(sent), Ok(receivers.len()));
                    sent += 1;
                }
                2 if receivers.len() < 4 => receivers.push((sender.subscribe(), sent)),
                3 if receivers.len() > 1 => drop(receivers.remove(0)),
                _ => for (receiver, next) in &mut receivers {
                    let oldest = sent.saturating_sub(kept);
                    let expected = if *next < oldest {
                        let missed = oldest - *next;
                        *next = oldest;
                        Err(TryRecvError::Lagged(missed))
                    } else if *next == sent {
                        Err(TryRecvError::Empty)
                    } else {
                        *next += 1;
                        Ok(*next - 1)
                    };
                    prop_assert_eq!(receiver.try_recv(), expected);
                    prop_assert_eq!(receiver.len() as u64, sent - *next);
                }
            }
            let slowest = receivers.iter().map(|(_, next)| *next).min().unwrap_or(sent);
            let unread = sent - slowest.max(sent.saturating_sub(kept));
            prop_assert_eq!(sender.len() as u64, unread);
        }
    }
}
