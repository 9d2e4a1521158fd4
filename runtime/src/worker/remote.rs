//! The part of a worker that others may reach.

use super::{Gauges, Inbox, Pulse, Shared, Tally};
use crate::task::{Directory, Runnable};
use monitor::{PollTimes, WorkerCounters};
use primitives::parker::Parker;
use primitives::shim::CachePadded;
use reactor::Reactor;
use scheduler::steal::{LifoSlot, Seat, Stealer};
use std::fmt;
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
    /// Written by the worker only.
    pub(crate) times: PollTimes,
    /// The tasks that the worker has spawned.
    pub(crate) tasks: OnceLock<Arc<Directory<Arc<Shared>>>>,
    pub(crate) post: CachePadded<Post>,
    /// Rung for the worker when a stand-in has passed its seat on.
    pub(super) bell: Parker,
}

/// What the worker writes or looks at in every step, in a cache line of its own.
#[derive(Debug, Default)]
pub(crate) struct Post {
    /// Set by the worker, marked by the watch.
    pub(crate) pulse: Pulse,
    /// The worker's, unless it is stuck.
    pub(super) seat: Seat,
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
            times: PollTimes::default(),
            tasks: OnceLock::new(),
            post: CachePadded::default(),
            bell: Parker::new(),
        }
    }

    /// Whether the worker keeps a task in its LIFO slot that others may take, because the poll
    /// under way does not end.
    pub(crate) fn withholds(&self) -> bool {
        self.post.pulse.progress.is_stuck() && !self.lifo.is_empty()
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("post", &self.post).finish_non_exhaustive()
    }
}

/// The counters of all workers, shared with whoever reports metrics.
pub(crate) type AllCounters = Arc<[WorkerCounters]>;
