//! The part of a worker that others may reach.

use super::{Gauges, Inbox, Shared, Tally};
use crate::task::{Directory, Runnable};
use monitor::WorkerCounters;
use primitives::shim::CachePadded;
use reactor::Reactor;
use scheduler::steal::{LifoSlot, Progress, Stealer};
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

/// One worker, seen from outside.
pub(crate) struct Remote {
    pub(crate) stealer: Stealer<Runnable>,
    pub(crate) lifo: CachePadded<LifoSlot<Runnable>>,
    pub(crate) reactor: Arc<Reactor>,
    /// What is sent to the worker's pinned tasks.
    pub(crate) inbox: Inbox,
    /// Written by the worker only.
    pub(crate) tally: Tally,
    /// Written by the worker only.
    pub(crate) gauges: Gauges,
    /// The id of the task that the worker has polled last. A hint for reports.
    pub(crate) polled: AtomicU64,
    /// The tasks that the worker has spawned.
    pub(crate) tasks: OnceLock<Arc<Directory<Arc<Shared>>>>,
    /// Set by the worker, marked by the watch.
    pub(crate) progress: CachePadded<Progress>,
}

impl Remote {
    pub(crate) fn new(stealer: Stealer<Runnable>, reactor: Arc<Reactor>) -> Self {
        Self {
            stealer,
            lifo: CachePadded::default(),
            reactor,
            inbox: Inbox::new(),
            tally: Tally::default(),
            gauges: Gauges::default(),
            polled: AtomicU64::new(0),
            tasks: OnceLock::new(),
            progress: CachePadded::default(),
        }
    }

    /// Whether the worker keeps a task in its LIFO slot that others may take, because the poll
    /// under way does not end.
    pub(crate) fn withholds(&self) -> bool {
        self.progress.is_stuck() && !self.lifo.is_empty()
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("progress", &self.progress).finish_non_exhaustive()
    }
}

/// The counters of all workers, shared with whoever reports metrics.
pub(crate) type AllCounters = Arc<[WorkerCounters]>;
