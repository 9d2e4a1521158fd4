//! What there is to be said about the pool.

use super::{BlockingPool, Job, Waiting};
use crate::runtime::Handle;
use crate::task::{Id, Runnable};
use primitives::Timestamp;
use std::panic::Location;
use std::sync::Arc;

/// A closure that waits for a thread, or runs.
#[derive(Debug, Clone)]
pub(crate) struct ClosureReport {
    pub(crate) id: Id,
    pub(crate) name: Option<Arc<str>>,
    pub(crate) site: &'static Location<'static>,
    pub(crate) is_running: bool,
    /// Since when it does either.
    pub(crate) since: Timestamp,
}

impl ClosureReport {
    fn of(runnable: &Runnable, is_running: bool, since: Timestamp) -> Self {
        let task = runnable.task();
        let name = task.annotation().and_then(|annotation| annotation.name.clone());
        Self { id: task.id(), name, site: task.site(), is_running, since }
    }
}

/// The closures that run, each with the number of its thread. No more than there are threads.
#[derive(Default)]
pub(super) struct Running(Vec<(u64, ClosureReport)>);

impl Running {
    /// A thread begins with a job, which may be a closure. O(1).
    pub(super) fn begin(&mut self, thread: u64, waiting: &Waiting, handle: &Handle) {
        if let Job::Closure(runnable, _) = &waiting.job {
            self.0.push((thread, ClosureReport::of(runnable, true, handle.shared().now())));
        }
    }

    /// A thread is done with its job. O(threads).
    pub(super) fn end(&mut self, thread: u64) {
        if let Some(place) = self.0.iter().rposition(|(its, _)| *its == thread) {
            self.0.swap_remove(place);
        }
    }
}

impl BlockingPool {
    /// How many threads there are.
    pub(crate) fn threads(&self) -> usize {
        self.0.state.lock().threads
    }

    /// How many of them have nothing to do.
    pub(crate) fn idle_threads(&self) -> usize {
        let state = self.0.state.lock();
        // A thread that was called for a closure is about to take it.
        state.free.saturating_sub(state.queue.len())
    }

    /// How many closures wait for a thread.
    pub(crate) fn queued(&self) -> usize {
        self.0.state.lock().queue.len()
    }

    /// All closures that run or wait. O(closures), and nobody begins or ends one meanwhile.
    pub(crate) fn closures(&self) -> Vec<ClosureReport> {
        let state = self.0.state.lock();
        let running = state.running.0.iter().map(|(_, closure)| closure.clone());
        let queued = state.queue.iter().filter_map(|waiting| match &waiting.job {
            Job::Closure(runnable, since) => Some(ClosureReport::of(runnable, false, *since)),
            Job::Worker(_) | Job::Spare(_) => None,
        });
        running.chain(queued).collect()
    }
}
