//! The injector: what an item from outside costs.
//!
//! Guards that threads outside never wait for a worker, nor for each other in the kernel.

use benches::{Bench, Claim, in_batches};
use scheduler::steal::{Injector, Pushed};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// More than a block of the queue holds, so that blocks come and go.
const BATCH: u64 = 1000;

const PUSH: Claim = Claim {
    part: "injector",
    what: "push",
    holds: "a push costs one fence and two locked instructions",
    limit: |machine| 1.25 * (machine.fence_ns + 2.0 * machine.locked_ns),
};

const POP: Claim = Claim {
    part: "injector",
    what: "pop",
    holds: "a pop costs two locked instructions",
    limit: |machine| 2.5 * machine.locked_ns,
};

const CONTENDED: Claim = Claim {
    part: "injector",
    what: "push and pop beside another thread",
    holds: "another thread costs a few cache lines",
    limit: |machine| 8.0 * machine.transfer_ns,
};

pub(crate) fn measure(bench: &mut Bench) {
    bench.measure(PUSH, Injector::new, |injector, items| {
        in_batches(items, BATCH, |items| {
            let elapsed = push(injector, items);
            pop(injector, items);
            elapsed
        })
    });
    bench.measure(POP, Injector::new, |injector, items| {
        in_batches(items, BATCH, |items| {
            push(injector, items);
            pop(injector, items)
        })
    });
    bench.measure(CONTENDED, Shared::new, |shared, items| {
        let start = Instant::now();
        for item in 0..items {
            push_and_pop(&shared.injector, item);
        }
        start.elapsed()
    });
}

fn push(injector: &Injector<u64>, items: u64) -> Duration {
    let start = Instant::now();
    for item in 0..items {
        assert_eq!(injector.push(black_box(item)), Pushed::Accepted);
    }
    start.elapsed()
}

fn pop(injector: &Injector<u64>, items: u64) -> Duration {
    let start = Instant::now();
    for item in 0..items {
        assert_eq!(injector.pop(), Some(item), "oldest first");
    }
    start.elapsed()
}

/// Each thread puts one in and takes one out, so neither finds it empty.
fn push_and_pop(injector: &Injector<u64>, item: u64) {
    assert_eq!(injector.push(item), Pushed::Accepted);
    assert!(black_box(injector.pop()).is_some(), "there are as many as are in here to take one");
}

/// An injector that another thread uses all the time.
struct Shared {
    injector: Arc<Injector<u64>>,
    over: Arc<AtomicBool>,
    other: Option<JoinHandle<()>>,
}

impl Shared {
    fn new() -> Self {
        let (injector, over) = (Arc::new(Injector::new()), Arc::new(AtomicBool::new(false)));
        let (theirs, is_over) = (Arc::clone(&injector), Arc::clone(&over));
        let other = thread::spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                push_and_pop(&theirs, 0);
            }
        });
        Self { injector, over, other: Some(other) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let other = self.other.take().expect("it is joined once");
        other.join().expect("nothing is lost");
        assert!(self.injector.is_empty(), "nothing is there twice");
    }
}
