//! The part of a worker that others may reach.

use super::Tally;
use crate::task::Runnable;
use monitor::WorkerCounters;
use primitives::shim::CachePadded;
use primitives::shim::atomic::{AtomicU64, Ordering};
use reactor::Reactor;
use scheduler::steal::{LifoSlot, Stealer};
use std::sync::Arc;

/// One worker, seen from outside.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) stealer: Stealer<Runnable>,
    pub(crate) lifo: CachePadded<LifoSlot<Runnable>>,
    pub(crate) reactor: Arc<Reactor>,
    /// Written by the worker only.
    pub(crate) tally: Tally,
    progress: CachePadded<AtomicU64>,
}

impl Remote {
    pub(crate) fn new(stealer: Stealer<Runnable>, reactor: Arc<Reactor>) -> Self {
        Self {
            stealer,
            lifo: CachePadded::default(),
            reactor,
            tally: Tally::default(),
            progress: CachePadded::new(AtomicU64::new(0)),
        }
    }

    /// The worker is about to begin its `ticks`-th step.
    #[inline]
    pub(crate) fn set_progress(&self, ticks: u64) {
        // ORDERING: Relaxed; observers only compare two readings.
        self.progress.store(ticks, Ordering::Relaxed);
    }

    /// A number that changes with every step the worker makes. If it stays the same between two
    /// looks, the worker is asleep or stuck in one poll.
    #[inline]
    pub(crate) fn progress(&self) -> u64 {
        // ORDERING: Relaxed, see `set_progress`.
        self.progress.load(Ordering::Relaxed)
    }
}

/// The counters of all workers, shared with whoever reports metrics.
pub(crate) type AllCounters = Arc<[WorkerCounters]>;
