//! Channels: messages arrive whole and once, and neither end sleeps on while it could go on.

use graph_runtime::sync::mpsc;
use loom_tests::{Hand, Tracked, explore};
use primitives::park_on;
use primitives::shim::thread;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::ChannelPublishRelease, "sync_mpsc::a_message_arrives_whole"),
    (Mutant::ChannelPopAcquire, "sync_mpsc::a_message_arrives_whole"),
    (Mutant::ChannelAwaitBlindly, "sync_mpsc::a_message_arrives_whole"),
    (Mutant::ChannelKeepRelease, "sync_mpsc::a_block_is_used_again"),
    (Mutant::ChannelIdleFence, "sync_mpsc::the_last_permit_meets_the_last_message"),
    (Mutant::CapacityParkBlindly, "sync_mpsc::a_sender_waits_for_room"),
    (Mutant::CapacityServeOnce, "sync_mpsc::two_senders_wait_for_room"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

fn message(value: u32) -> Tracked {
    let tracked = Tracked::new(0);
    tracked.write(value);
    tracked
}

#[test]
fn a_message_arrives_whole() {
    explore(2, || {
        let (sender, mut receiver) = mpsc::channel(2);
        let other = thread::spawn(move || sender.try_send(message(1)).is_ok());
        assert_eq!(park_on(receiver.recv()).map(|it| it.read()), Some(1));
        assert!(other.join().unwrap());
        assert!(park_on(receiver.recv()).is_none());
    });
}

/// Three messages do not fit into one of the model's blocks.
#[test]
fn blocks_come_and_go() {
    explore(2, || {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let other = thread::spawn(move || {
            (1..=3).for_each(|value| assert!(sender.send(message(value)).is_ok()));
        });
        for value in 1..=3 {
            assert_eq!(park_on(receiver.recv()).map(|it| it.read()), Some(value));
        }
        other.join().unwrap();
    });
}

/// While the receiver is done with the first block, the sender needs another one.
#[test]
fn a_block_is_used_again() {
    explore(2, || {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        (1..=4).for_each(|value| assert!(sender.send(message(value)).is_ok()));
        let other = thread::spawn(move || {
            for value in 1..=6 {
                assert_eq!(park_on(receiver.recv()).map(|it| it.read()), Some(value));
            }
        });
        (5..=6).for_each(|value| assert!(sender.send(message(value)).is_ok()));
        other.join().unwrap();
    });
}

#[test]
fn two_senders_claim_at_once() {
    explore(2, || {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let other = {
            let sender = sender.clone();
            thread::spawn(move || {
                (0..2).for_each(|_| assert!(sender.send(message(1)).is_ok()));
            })
        };
        (0..2).for_each(|_| assert!(sender.send(message(1)).is_ok()));
        drop(sender);
        other.join().unwrap();
        let mut sum = 0;
        while let Some(message) = park_on(receiver.recv()) {
            sum += message.read();
        }
        assert_eq!(sum, 4);
    });
}

#[test]
fn a_sender_waits_for_room() {
    explore(2, || {
        let (sender, mut receiver) = mpsc::channel(1);
        assert!(sender.try_send(message(1)).is_ok());
        let other = thread::spawn(move || park_on(sender.send(message(2))).is_ok());
        for value in 1..=2 {
            assert_eq!(park_on(receiver.recv()).map(|it| it.read()), Some(value));
        }
        assert!(other.join().unwrap());
    });
}

#[test]
fn two_senders_wait_for_room() {
    explore(3, || {
        let (sender, mut receiver) = mpsc::channel(1);
        assert!(sender.try_send(message(1)).is_ok());
        let second_sender = sender.clone();
        let first_sender = sender.clone();
        let first = Hand::waiting(async move { first_sender.send(message(1)).await.is_ok() });
        let second = Hand::waiting(async move { second_sender.send(message(1)).await.is_ok() });
        let other = thread::spawn(move || first.finish());
        assert!(park_on(receiver.recv()).is_some());
        assert!(park_on(receiver.recv()).is_some());
        assert!(other.join().unwrap());
        assert!(second.is_woken(), "there is room for it");
        assert!(second.finish());
        drop(sender);
    });
}

/// Counts its drops.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_send_meets_the_end_of_the_receiver() {
    explore(2, || {
        let drops = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = mpsc::channel(1);
        let message = Counted(Arc::clone(&drops));
        let other = thread::spawn(move || drop(sender.try_send(message)));
        drop(receiver);
        other.join().unwrap();
        assert_eq!(drops.load(Ordering::Relaxed), 1, "received by nobody, dropped once");
    });
}

#[test]
fn the_last_permit_meets_a_closed_receiver() {
    explore(2, || {
        let (sender, mut receiver) = mpsc::channel::<Tracked>(1);
        let _stays = sender.clone();
        let permit = sender.try_reserve_owned().unwrap();
        receiver.close();
        let other = thread::spawn(move || drop(permit.release()));
        assert!(park_on(receiver.recv()).is_none());
        other.join().unwrap();
    });
}

#[test]
fn the_last_permit_meets_the_last_message() {
    explore(2, || {
        let (sender, mut receiver) = mpsc::channel(2);
        assert!(sender.try_send(message(1)).is_ok());
        // The last sender to go would end the channel by itself.
        let _stays = sender.clone();
        let permit = sender.try_reserve_owned().unwrap();
        receiver.close();
        let other = thread::spawn(move || drop(permit));
        assert_eq!(park_on(receiver.recv()).map(|it| it.read()), Some(1));
        assert!(park_on(receiver.recv()).is_none());
        other.join().unwrap();
    });
}
