//! Every message goes to every receiver, once.

use crate::support::{Drops, Hand, now, on_two_workers};
use graph_runtime::sync::broadcast::{self, error::RecvError, error::TryRecvError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

#[test]
fn everybody_gets_everything_sent_since_they_subscribed() {
    let (sender, mut early) = broadcast::channel(4);
    assert_eq!(sender.send(1), Ok(1));
    let mut late = sender.subscribe();
    assert_eq!(sender.send(2), Ok(2));
    assert_eq!((early.len(), late.len(), sender.len()), (2, 1, 2));
    assert_eq!((early.try_recv(), early.try_recv()), (Ok(1), Ok(2)));
    assert_eq!(sender.len(), 1, "the first one has been read by all");
    assert_eq!(late.try_recv(), Ok(2));
    assert_eq!(late.try_recv(), Err(TryRecvError::Empty));
    assert!(sender.is_empty() && early.is_empty());
}

#[test]
fn the_end_comes_after_the_last_message() {
    let (sender, mut receiver) = broadcast::channel(4);
    let other = sender.clone();
    sender.send(1).unwrap();
    drop(sender);
    assert!(!receiver.is_closed());
    drop(other);
    assert!(receiver.is_closed());
    assert_eq!(now(receiver.recv()), Ok(1));
    assert_eq!(now(receiver.recv()), Err(RecvError::Closed));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn those_who_wait_learn_of_the_end() {
    let (sender, mut receiver) = broadcast::channel::<u8>(4);
    let mut waits = Hand::waiting(receiver.recv());
    drop(sender);
    assert!(waits.is_woken());
    assert_eq!(waits.assert_ready(), Err(RecvError::Closed));
}

#[test]
fn without_receivers_a_message_comes_back() {
    let (sender, receiver) = broadcast::channel(4);
    let mut closed = Hand::waiting(sender.closed());
    drop(receiver);
    assert!(closed.is_woken());
    closed.assert_ready();
    assert_eq!(sender.send(7).unwrap_err().0, 7);
    let mut receiver = sender.subscribe();
    assert_eq!((sender.send(8), receiver.try_recv()), (Ok(1), Ok(8)));
}

#[test]
fn resubscribing_starts_afresh() {
    let (sender, receiver) = broadcast::channel(4);
    sender.send(1).unwrap();
    let mut fresh = receiver.resubscribe();
    assert!(receiver.same_channel(&fresh));
    assert_eq!(fresh.try_recv(), Err(TryRecvError::Empty));
    sender.send(2).unwrap();
    assert_eq!(fresh.try_recv(), Ok(2));
}

/// Counts its clones as well as its drops.
struct Cloned(Drops, crate::support::Guard);

impl Clone for Cloned {
    fn clone(&self) -> Self {
        drop(self.0.guard());
        Self(self.0.clone(), self.1.clone())
    }
}

#[test]
fn the_value_goes_when_the_last_reader_has_cloned_it() {
    let (clones, values) = (Drops::default(), Drops::default());
    let (sender, mut first) = broadcast::channel(4);
    let mut second = sender.subscribe();
    let sent = sender.send(Cloned(clones.clone(), values.guard()));
    assert!(sent.is_ok_and(|receivers| receivers == 2));
    let one = first.try_recv().ok();
    assert_eq!((clones.count(), values.count()), (1, 0));
    let two = second.try_recv().ok();
    assert_eq!((clones.count(), values.count()), (2, 1));
    drop((one, two));
    assert_eq!(values.count(), 3);
}

/// Cannot be cloned if it is 0.
#[derive(Debug)]
struct Delicate(u32);

impl Clone for Delicate {
    fn clone(&self) -> Self {
        assert_ne!(self.0, 0, "it breaks");
        Self(self.0)
    }
}

#[test]
fn a_clone_that_panics_costs_one_message() {
    let (sender, mut receiver) = broadcast::channel(4);
    sender.send(Delicate(0)).unwrap();
    sender.send(Delicate(1)).unwrap();
    let broken = catch_unwind(AssertUnwindSafe(|| receiver.try_recv().map(|it| it.0)));
    assert!(broken.is_err());
    assert_eq!(receiver.try_recv().map(|it| it.0), Ok(1));
}

/// What a sender sees when it is woken.
struct Look(broadcast::Sender<()>, AtomicUsize);

impl Wake for Look {
    fn wake(self: Arc<Self>) {
        assert_eq!((self.0.receiver_count(), self.0.len()), (0, 0));
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_sender_hears_that_nobody_listens_when_the_messages_are_gone() {
    let (sender, receiver) = broadcast::channel(4);
    sender.send(()).unwrap();
    let look = Arc::new(Look(sender.clone(), AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&look));
    let mut closed = pin!(sender.closed());
    assert!(closed.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(receiver);
    assert_eq!(look.1.load(Ordering::Relaxed), 1);
}

#[test]
fn a_receiver_that_goes_lets_go_of_what_it_has_not_read() {
    let drops = Drops::default();
    let (sender, receiver) = broadcast::channel(4);
    let guard = Arc::new(drops.guard());
    sender.send(Arc::clone(&guard)).unwrap();
    drop(guard);
    let other = sender.subscribe();
    drop(receiver);
    assert_eq!(drops.count(), 1, "nobody is left who would read it");
    drop(other);
}

#[test]
fn on_several_workers_nothing_is_lost_or_doubled() {
    const MESSAGES: u64 = 20_000;
    on_two_workers(async {
        let (sender, _) = broadcast::channel(64);
        let receivers: Vec<_> = (0..4)
            .map(|_| {
                let mut receiver = sender.subscribe();
                graph_runtime::spawn(async move {
                    let (mut next, mut missed) = (0, 0);
                    loop {
                        match receiver.recv().await {
                            Ok(n) => {
                                assert_eq!(n, next, "in order, but for what was missed");
                                next += 1;
                            }
                            Err(RecvError::Lagged(n)) => {
                                missed += n;
                                next += n;
                            }
                            Err(RecvError::Closed) => return (next, missed),
                        }
                    }
                })
            })
            .collect();
        for n in 0..MESSAGES {
            sender.send(n).unwrap();
            if n % 50 == 0 {
                graph_runtime::task::yield_now().await;
            }
        }
        drop(sender);
        for receiver in receivers {
            let (end, missed) = receiver.await.unwrap();
            assert_eq!(end, MESSAGES);
            assert!(missed < MESSAGES);
        }
    });
}
