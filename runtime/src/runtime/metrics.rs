//! What a runtime reports about itself.

use super::StallMetrics;
use crate::worker::{Shared, TaskTally};
use monitor::{WorkerCounters, WorkerSnapshot};
use std::fmt;
use std::sync::Arc;

/// A runtime's counters: the fields say how they were when they were asked for, the methods, which
/// have tokio's names, how they are now. It may outlive its runtime.
///
/// # Examples
///
/// ```
/// # use graph_runtime::runtime::Builder;
/// let runtime = Builder::new_current_thread().build().unwrap();
/// runtime.block_on(async { graph_runtime::spawn(async {}).await.unwrap() });
/// let metrics = runtime.handle().metrics();
/// assert_eq!(metrics.tasks.spawned, 1);
/// assert_eq!(metrics.tasks.finished, 1);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RuntimeMetrics {
    /// The books of all tasks.
    pub tasks: TaskTally,
    /// Each worker's counters, as it last published them: when it parked, or at most one
    /// [`event_interval`](crate::runtime::Builder::event_interval) of polls ago.
    pub workers: Vec<WorkerSnapshot>,
    /// Entries of the injector: tasks from outside, or batches of what was too much for a worker's
    /// queue, that no worker has taken yet.
    pub injected: usize,
    /// Timers that have neither fired nor been cancelled.
    pub pending_timers: usize,
    /// Workers that are not asleep.
    pub awake_workers: usize,
    /// Polls that took long, and what was done about it.
    pub stalls: StallMetrics,
    /// For what is asked later.
    pub(super) shared: Arc<Shared>,
}

impl RuntimeMetrics {
    pub(super) fn of(shared: &Arc<Shared>) -> Self {
        Self {
            tasks: shared.tally(),
            workers: shared.counters.iter().map(WorkerCounters::snapshot).collect(),
            injected: shared.injector.len(),
            pending_timers: shared.remotes.iter().map(|it| it.reactor.timer_count()).sum(),
            awake_workers: shared.idle.snapshot().awake,
            stalls: shared.spares.metrics(),
            shared: Arc::clone(shared),
        }
    }
}

impl fmt::Debug for RuntimeMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeMetrics")
            .field("tasks", &self.tasks)
            .field("workers", &self.workers)
            .field("injected", &self.injected)
            .field("pending_timers", &self.pending_timers)
            .field("awake_workers", &self.awake_workers)
            .field("stalls", &self.stalls)
            .finish_non_exhaustive()
    }
}
