//! The figures, as plain values.

use super::histogram_snapshot::HistogramSnapshot;
use super::worker::WorkerSnapshot;
use std::time::Duration;

/// How a task ended. Every submitted task does so exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskEnd {
    /// It returned a result.
    Completed,
    /// It returned an error or panicked.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// It ran longer than it was allowed to.
    TimedOut,
    /// Something it depended on did not complete.
    Skipped,
}

/// How a task with a deadline did by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lateness {
    /// It ended in time.
    Met,
    /// It ended this much after its deadline.
    Missed(Duration),
}

/// How many tasks came, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaskCounts {
    /// Tasks that were accepted.
    pub submitted: u64,
    /// Tasks that were not, and went back to their owner. Not among the submitted.
    pub rejected: u64,
    /// Ended as [`TaskEnd::Completed`].
    pub completed: u64,
    /// Ended as [`TaskEnd::Failed`].
    pub failed: u64,
    /// Ended as [`TaskEnd::Cancelled`].
    pub cancelled: u64,
    /// Ended as [`TaskEnd::TimedOut`].
    pub timed_out: u64,
    /// Ended as [`TaskEnd::Skipped`].
    pub skipped: u64,
    /// Attempts that went wrong and were followed by another of the same task.
    pub retried: u64,
}

impl TaskCounts {
    /// Tasks that ended, in whatever way.
    pub fn ended(&self) -> u64 {
        self.completed + self.failed + self.cancelled + self.timed_out + self.skipped
    }

    /// Tasks that were submitted and have not ended.
    pub fn live(&self) -> u64 {
        self.submitted.saturating_sub(self.ended())
    }

    pub(crate) fn count_end(&mut self, end: TaskEnd) {
        let count = match end {
            TaskEnd::Completed => &mut self.completed,
            TaskEnd::Failed => &mut self.failed,
            TaskEnd::Cancelled => &mut self.cancelled,
            TaskEnd::TimedOut => &mut self.timed_out,
            TaskEnd::Skipped => &mut self.skipped,
        };
        *count += 1;
    }

    pub(crate) fn add_ends(&mut self, other: &Self) {
        self.completed += other.completed;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.timed_out += other.timed_out;
        self.skipped += other.skipped;
        self.retried += other.retried;
    }
}

/// Everything [`ExecutionMetrics`](super::ExecutionMetrics) knew at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsSnapshot {
    /// How many tasks came, and what became of them.
    pub tasks: TaskCounts,
    /// From ready to start.
    pub queue_wait: HistogramSnapshot,
    /// From start to end.
    pub run_time: HistogramSnapshot,
    /// From deadline to end, of those that missed it.
    pub lateness: HistogramSnapshot,
    /// How many ended within their deadline. Those that did not are `lateness.count`.
    pub deadlines_met: u64,
    /// One per worker, in the order of their indices, as each last published them: when it slept,
    /// or some dozens of polls ago. So they may lag behind the tasks' counts.
    pub workers: Vec<WorkerSnapshot>,
}
