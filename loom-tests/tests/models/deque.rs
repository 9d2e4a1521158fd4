//! The work-stealing deque: each item is handed out exactly once, whoever takes it.

use loom_tests::{Tracked, explore};
use primitives::shim::thread::{self, JoinHandle};
use primitives::shim::{UNBOUNDED, hint};
use scheduler::steal::{QUEUE_CAPACITY, Steal, Stealer, WorkStealingQueue};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::QueuePushRelease, "deque::a_thief_sees_what_was_pushed"),
    (Mutant::QueuePopLastRace, "deque::pop_competes_for_the_last_item"),
    (Mutant::QueuePopFence, "deque::pop_meets_two_thieves"),
    (Mutant::QueueStealFence, "deque::pop_meets_two_thieves"),
    (Mutant::QueueStealLateRead, "deque::a_full_queue_wraps_around"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// A queue that has been used before: old words are left in its slots, and its indices are about
/// to wrap around.
fn used_queue(items: impl IntoIterator<Item = u32>) -> WorkStealingQueue<u32> {
    let queue = WorkStealingQueue::new();
    for _ in 1..2 * QUEUE_CAPACITY {
        queue.push(u32::MAX).unwrap();
        queue.take().unwrap();
    }
    for item in items {
        queue.push(item).unwrap();
    }
    queue
}

/// One attempt on a thread of its own.
fn thief(queue: &WorkStealingQueue<u32>) -> JoinHandle<Option<u32>> {
    let stealer = queue.stealer();
    thread::spawn(move || item(stealer.steal()))
}

fn item<T>(steal: Steal<T>) -> Option<T> {
    match steal {
        Steal::Item(item) => Some(item),
        Steal::Empty | Steal::Contended => None,
    }
}

/// What is left in the queue and what the others have must be `0..count`, each once.
fn assert_each_once(
    count: u32,
    queue: &WorkStealingQueue<u32>,
    others: impl IntoIterator<Item = u32>,
) {
    let stealer = queue.stealer();
    let left = std::iter::from_fn(|| item(stealer.steal()));
    let mut all: Vec<u32> = others.into_iter().chain(left).collect();
    all.sort_unstable();
    assert!(all.iter().copied().eq(0..count), "0..{count} became {all:?}");
    let stats = queue.stats();
    assert_eq!(stats.enqueued, stats.dequeued + stats.stolen, "the books of the queue");
}

#[test]
fn a_thief_sees_what_was_pushed() {
    explore(UNBOUNDED, || {
        let queue = used_queue([]);
        let thief = thief(&queue);
        queue.push(0).unwrap();
        let stolen = thief.join().unwrap();
        assert_each_once(1, &queue, stolen);
    });
}

#[test]
fn a_thief_sees_what_the_item_points_to() {
    explore(UNBOUNDED, || {
        let queue = WorkStealingQueue::<Box<Tracked>>::new();
        let stealer = queue.stealer();
        let thief = thread::spawn(move || item(stealer.steal()).map(|item| item.read()));
        let own = Box::new(Tracked::new(0));
        own.write(3);
        assert!(queue.push(own).is_ok());
        let popped = queue.pop().map(|item| item.read());
        assert_eq!(thief.join().unwrap().xor(popped), Some(3), "one of them has it");
    });
}

#[test]
fn pop_competes_for_the_last_item() {
    explore(UNBOUNDED, || {
        let queue = used_queue([0]);
        let thief = thief(&queue);
        let popped = queue.pop();
        let stolen = thief.join().unwrap();
        assert!(popped.is_some() || stolen.is_some(), "both gave way");
        assert_each_once(1, &queue, popped.into_iter().chain(stolen));
    });
}

#[test]
fn pop_meets_two_thieves() {
    explore(3, || {
        let queue = used_queue([0, 1]);
        let thieves = [thief(&queue), thief(&queue)];
        let popped = queue.pop();
        let stolen = thieves.map(|thief| thief.join().unwrap());
        assert_each_once(2, &queue, popped.into_iter().chain(stolen.into_iter().flatten()));
    });
}

#[test]
fn a_popped_slot_is_used_again_under_two_thieves() {
    explore(3, || {
        let queue = used_queue([0, 1]);
        let thieves = [thief(&queue), thief(&queue)];
        let mut own: Vec<u32> = queue.pop().into_iter().collect();
        queue.push(2).unwrap();
        own.extend(queue.pop());
        let stolen = thieves.map(|thief| thief.join().unwrap());
        assert_each_once(3, &queue, own.into_iter().chain(stolen.into_iter().flatten()));
    });
}

#[test]
fn take_meets_two_thieves() {
    explore(3, || {
        let queue = used_queue([0, 1]);
        let thieves = [thief(&queue), thief(&queue)];
        let own = [queue.take(), queue.take()];
        let stolen = thieves.map(|thief| thief.join().unwrap());
        assert_each_once(2, &queue, own.into_iter().chain(stolen).flatten());
    });
}

#[test]
fn a_full_queue_wraps_around() {
    explore(3, || {
        let capacity = QUEUE_CAPACITY as u32;
        let queue = used_queue(0..capacity);
        let thief = thief(&queue);
        // Refused while the queue is full; after the theft the new item takes the stolen slot.
        let refused = queue.push(capacity).err();
        let stolen = thief.join().unwrap();
        assert_each_once(capacity + 1, &queue, refused.into_iter().chain(stolen));
    });
}

/// Steals until it has an item or there is none, as a worker does, but a bounded number of times.
fn raid(stealer: &Stealer<u32>, own: &WorkStealingQueue<u32>) -> Option<u32> {
    for _ in 0..QUEUE_CAPACITY {
        match stealer.steal_half(own) {
            Steal::Item(item) => return Some(item),
            Steal::Empty => return None,
            Steal::Contended => hint::spin_loop(),
        }
    }
    None
}

#[test]
fn half_of_a_queue_moves_while_its_owner_pops() {
    explore(3, || {
        let queue = used_queue(0..QUEUE_CAPACITY as u32);
        let stealer = queue.stealer();
        let raider = thread::spawn(move || {
            let own = WorkStealingQueue::new();
            let first = raid(&stealer, &own);
            first.into_iter().chain(std::iter::from_fn(|| own.pop())).collect::<Vec<_>>()
        });
        let own = [queue.pop(), queue.take()];
        let stolen = raider.join().unwrap();
        assert!(stolen.len() <= QUEUE_CAPACITY / 2, "at most half: {stolen:?}");
        let others = own.into_iter().flatten().chain(stolen);
        assert_each_once(QUEUE_CAPACITY as u32, &queue, others);
    });
}

#[test]
fn a_raider_is_raided() {
    explore(3, || {
        let victim = used_queue([0, 1, 2]);
        let raider = WorkStealingQueue::new();
        let (from_victim, from_raider) = (victim.stealer(), raider.stealer());
        let second = thread::spawn(move || item(from_raider.steal()));
        let raider = thread::spawn(move || {
            let first = item(from_victim.steal_half(&raider));
            first.into_iter().chain(std::iter::from_fn(|| raider.pop())).collect::<Vec<_>>()
        });
        let popped = victim.pop();
        let stolen = raider.join().unwrap();
        let twice_stolen = second.join().unwrap();
        let others = popped.into_iter().chain(twice_stolen).chain(stolen);
        assert_each_once(3, &victim, others);
    });
}
