//! The metrics of one executor.

use super::recorder::Recorder;
use super::shard::Shard;
use super::snapshot::MetricsSnapshot;
use super::worker::WorkerCounters;
use primitives::biased_lock::BiasedLock;
use primitives::shim::CachePadded;
use std::fmt;
use std::sync::Arc;

/// Task counts, time histograms and worker counters, sharded by worker.
///
/// A worker's first record of a kind allocates 264 KiB for its histogram; what is never recorded
/// costs nothing.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{ExecutionMetrics, Lateness, TaskEnd};
/// use std::time::Duration;
///
/// let metrics = ExecutionMetrics::new(2);
/// metrics.recorder(None).submitted(1);
/// let worker = metrics.recorder(Some(0));
/// worker.started(Duration::from_micros(3));
/// worker.ended(TaskEnd::Completed, Some(Duration::from_millis(2)), Some(Lateness::Met));
///
/// let snapshot = metrics.snapshot();
/// assert_eq!((snapshot.tasks.completed, snapshot.tasks.live()), (1, 0));
/// assert_eq!(snapshot.run_time.max, Duration::from_millis(2));
/// ```
pub struct ExecutionMetrics {
    /// One per worker, and one more for everybody else.
    shards: Box<[CachePadded<BiasedLock<Shard>>]>,
    workers: Arc<[WorkerCounters]>,
}

impl ExecutionMetrics {
    /// Metrics for `workers` workers, with counters of their own.
    pub fn new(workers: usize) -> Self {
        Self::with_workers((0..workers).map(|_| WorkerCounters::default()).collect())
    }

    /// Metrics for the workers behind `workers`, which may be shared with others: several
    /// executors on one runtime count their own tasks, and show the same workers.
    pub fn with_workers(workers: Arc<[WorkerCounters]>) -> Self {
        let shards =
            (0..=workers.len()).map(|_| CachePadded::new(BiasedLock::new(Shard::default())));
        Self { shards: shards.collect(), workers }
    }

    /// The workers' counters, in the order of their indices.
    pub fn workers(&self) -> &Arc<[WorkerCounters]> {
        &self.workers
    }

    /// Where worker number `worker` records. Threads that are no worker pass `None` and share one
    /// shard; so does, for want of its own, an index that no worker has.
    pub fn recorder(&self, worker: Option<usize>) -> Recorder<'_> {
        let outside = self.workers.len();
        let index = worker.map_or(outside, |worker| worker.min(outside));
        Recorder::new(&self.shards[index])
    }

    /// Everything recorded so far, merged.
    ///
    /// Takes the shards' locks one after the other, ends first and submissions last: an end that
    /// was seen then has its submission seen too, whichever shard that is in, and
    /// `submitted = ended + live` holds in every snapshot. Costs about 100 us per worker that
    /// has recorded.
    pub fn snapshot(&self) -> MetricsSnapshot {
        let mut sum = Shard::default();
        for shard in &self.shards {
            sum.add_ends(&shard.lock());
        }
        for shard in &self.shards {
            let shard = shard.lock();
            sum.tasks.submitted += shard.tasks.submitted;
            sum.tasks.rejected += shard.tasks.rejected;
        }
        MetricsSnapshot {
            tasks: sum.tasks,
            queue_wait: sum.queue_wait.snapshot(),
            run_time: sum.run_time.snapshot(),
            lateness: sum.lateness.snapshot(),
            deadlines_met: sum.deadlines_met,
            workers: self.workers.iter().map(WorkerCounters::snapshot).collect(),
        }
    }
}

impl fmt::Debug for ExecutionMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutionMetrics").field("workers", &self.workers).finish_non_exhaustive()
    }
}
