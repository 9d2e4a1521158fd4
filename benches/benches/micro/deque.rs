//! The deque of one worker: what an item costs its owner and its thieves.
//!
//! Guards the reason for a Chase-Lev deque: the owner pays for thieves only where both may want the
//! same item.

use benches::{Bench, Claim, in_batches};
use scheduler::steal::{QUEUE_CAPACITY, Steal, Stealer, WorkStealingQueue};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

type Queue = WorkStealingQueue<u32>;

const CAPACITY: u64 = QUEUE_CAPACITY as u64;

const PUSH: Claim = Claim {
    part: "deque",
    what: "push",
    holds: "an owner push costs no locked instruction",
    limit: |machine| 0.5 * machine.locked_ns,
};

const TAKE: Claim = Claim {
    part: "deque",
    what: "take",
    holds: "taking the oldest costs the owner one locked instruction",
    limit: |machine| 1.75 * machine.locked_ns,
};

const POP: Claim = Claim {
    part: "deque",
    what: "pop",
    holds: "taking the newest costs the owner one fence",
    limit: |machine| machine.fence_ns + 0.75 * machine.locked_ns,
};

const STEAL: Claim = Claim {
    part: "deque",
    what: "steal",
    holds: "a theft costs one fence and three locked instructions",
    limit: |machine| 0.85 * (machine.fence_ns + 3.0 * machine.locked_ns),
};

const STEAL_HALF: Claim = Claim {
    part: "deque",
    what: "steal half",
    holds: "in a raid an item costs one fence and one locked instruction",
    limit: |machine| 1.25 * (machine.fence_ns + machine.locked_ns),
};

const BESIDE_A_THIEF: Claim = Claim {
    part: "deque",
    what: "push and take beside a thief",
    holds: "a thief costs the owner a few cache lines",
    limit: |machine| 8.0 * machine.transfer_ns,
};

pub(crate) fn measure(bench: &mut Bench) {
    bench.measure(PUSH, Queue::new, |queue, items| {
        in_batches(items, CAPACITY, |items| {
            let elapsed = fill(queue, items);
            drain(queue, items);
            elapsed
        })
    });
    bench.measure(TAKE, Queue::new, |queue, items| emptied(queue, items, Queue::take));
    bench.measure(POP, Queue::new, |queue, items| emptied(queue, items, Queue::pop));
    bench.measure(STEAL, Queue::new, |queue, items| {
        let stealer = queue.stealer();
        emptied(queue, items, |_| stolen(&stealer))
    });
    bench.measure(STEAL_HALF, <[Queue; 2]>::default, |[victim, thief], items| {
        in_batches(items, CAPACITY / 2, |items| raid(victim, thief, items))
    });
    bench.measure(BESIDE_A_THIEF, Robbed::new, Robbed::push_and_take);
}

fn fill(queue: &Queue, items: u64) -> Duration {
    let start = Instant::now();
    for item in 0..items as u32 {
        assert!(queue.push(black_box(item)).is_ok(), "it was empty");
    }
    start.elapsed()
}

fn drain(queue: &Queue, items: u64) {
    let taken = std::iter::from_fn(|| queue.take()).count();
    assert_eq!(taken as u64, items, "all items are there");
}

/// The time to empty the queue again and again, without that to fill it.
fn emptied(queue: &Queue, items: u64, empty: impl Fn(&Queue) -> Option<u32>) -> Duration {
    in_batches(items, CAPACITY, |items| {
        fill(queue, items);
        let start = Instant::now();
        for _ in 0..items {
            assert!(black_box(empty(queue)).is_some(), "nobody else takes any");
        }
        start.elapsed()
    })
}

fn stolen(stealer: &Stealer<u32>) -> Option<u32> {
    match stealer.steal() {
        Steal::Item(item) => Some(item),
        Steal::Empty | Steal::Contended => None,
    }
}

/// The time to move half of twice as many items from one queue to another.
fn raid(victim: &Queue, thief: &Queue, items: u64) -> Duration {
    fill(victim, 2 * items);
    let stealer = victim.stealer();
    let start = Instant::now();
    let first = stealer.steal_half(thief);
    let elapsed = start.elapsed();
    assert_eq!(first, Steal::Item(0), "the oldest comes first");
    drain(thief, items - 1);
    drain(victim, items);
    elapsed
}

/// A queue from which another thread steals whatever it can.
struct Robbed {
    queue: Queue,
    over: Arc<AtomicBool>,
    thief: Option<JoinHandle<()>>,
}

impl Robbed {
    fn new() -> Self {
        let (queue, over) = (Queue::new(), Arc::new(AtomicBool::new(false)));
        let (stealer, is_over) = (queue.stealer(), Arc::clone(&over));
        let thief = thread::spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                black_box(stealer.steal());
            }
        });
        Self { queue, over, thief: Some(thief) }
    }

    fn push_and_take(&mut self, items: u64) -> Duration {
        let start = Instant::now();
        for item in 0..items as u32 {
            assert!(self.queue.push(item).is_ok(), "what is not stolen is taken at once");
            black_box(self.queue.take());
        }
        start.elapsed()
    }
}

impl Drop for Robbed {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let thief = self.thief.take().expect("it is joined once");
        thief.join().expect("a thief does not panic");
        let stats = self.queue.stats();
        let left = self.queue.len() as u64;
        assert_eq!(stats.enqueued, stats.dequeued + stats.stolen + left, "nothing is lost");
    }
}
