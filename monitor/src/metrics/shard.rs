//! One worker's share of the metrics.

use super::histogram::TimeHistogram;
use super::snapshot::TaskCounts;

/// What one worker, or everybody who is none, recorded.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    pub(crate) tasks: TaskCounts,
    pub(crate) queue_wait: TimeHistogram,
    pub(crate) run_time: TimeHistogram,
    pub(crate) lateness: TimeHistogram,
    pub(crate) deadlines_met: u64,
}

impl Shard {
    /// Adds everything of `other` but what came in: see
    /// [`ExecutionMetrics::snapshot`](super::ExecutionMetrics::snapshot).
    pub(crate) fn add_ends(&mut self, other: &Self) {
        self.tasks.add_ends(&other.tasks);
        self.queue_wait.add(&other.queue_wait);
        self.run_time.add(&other.run_time);
        self.lateness.add(&other.lateness);
        self.deadlines_met += other.deadlines_met;
    }
}
