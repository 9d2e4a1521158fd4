//! A channel used by one thread behaves as a queue and a count do.

use crate::support::now;
use graph_runtime::sync::mpsc::{self, error::TryRecvError, error::TrySendError};
use proptest::prelude::*;
use std::collections::VecDeque;

proptest! {
    #[test]
    fn bounded(
        capacity in 1usize..80,
        steps in prop::collection::vec((0u8..8, 1usize..40), 0..300),
    ) {
        let (sender, mut receiver) = mpsc::channel(capacity);
        let (mut queue, mut permits, mut next) = (VecDeque::new(), Vec::new(), 0u32);
        for (step, many) in steps {
            let room = capacity - queue.len() - permits.len();
            match step {
                0..=2 => for _ in 0..many {
                    let has_room = queue.len() + permits.len() < capacity;
                    let expected = if has_room { Ok(()) } else { Err(TrySendError::Full(next)) };
                    prop_assert_eq!(sender.try_send(next), expected);
                    if expected.is_ok() {
                        queue.push_back(next);
                    }
                    next += 1;
                },
                3 => match sender.try_reserve_many(many) {
                    Ok(reserved) => {
                        prop_assert!(many <= room);
                        prop_assert_eq!(reserved.len(), many);
                        permits.extend(reserved);
                    }
                    Err(error) => prop_assert!(many > room && error == TrySendError::Full(())),
                },
                4 => if let Some(permit) = permits.pop() {
                    permit.send(next);
                    queue.push_back(next);
                    next += 1;
                },
                5 => drop(permits.drain(..permits.len().min(many))),
                6 => {
                    let expected = queue.pop_front().ok_or(TryRecvError::Empty);
                    prop_assert_eq!(receiver.try_recv(), expected);
                }
                _ if queue.is_empty() => {}
                _ => {
                    let mut batch = Vec::new();
                    let expected = many.min(queue.len());
                    prop_assert_eq!(now(receiver.recv_many(&mut batch, many)), expected);
                    prop_assert!(batch.into_iter().eq(queue.drain(..expected)));
                }
            }
            let room = capacity - queue.len() - permits.len();
            prop_assert_eq!((sender.capacity(), receiver.capacity()), (room, room));
            prop_assert_eq!(receiver.len(), queue.len());
        }
        drop(permits);
        drop(sender);
        let rest = std::iter::from_fn(|| now(receiver.recv()));
        prop_assert!(rest.eq(queue));
    }

    #[test]
    fn unbounded(steps in prop::collection::vec((any::<bool>(), 1usize..100), 0..100)) {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let (mut queue, mut next) = (VecDeque::new(), 0);
        for (sends, many) in steps {
            for _ in 0..many {
                if sends {
                    sender.send(next).unwrap();
                    queue.push_back(next);
                    next += 1;
                } else {
                    prop_assert_eq!(receiver.try_recv().ok(), queue.pop_front());
                }
            }
            prop_assert_eq!(receiver.len(), queue.len());
        }
    }
}
