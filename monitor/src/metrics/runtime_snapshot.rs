//! What a runtime has done and is doing, as plain values.

use super::histogram_snapshot::HistogramSnapshot;
use super::worker::WorkerSnapshot;

/// The figures of one runtime, whoever spawned its tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuntimeSnapshot {
    /// Tasks spawned.
    pub spawned: u64,
    /// Tasks whose futures returned.
    pub finished: u64,
    /// Tasks whose futures were dropped before they were done.
    pub cancelled: u64,
    /// Tasks whose futures panicked.
    pub panicked: u64,
    /// Tasks that have not ended.
    pub live: u64,
    /// Entries of the queues that all workers take from.
    pub global_queue_depth: u64,
    /// Blocking closures that wait for a thread.
    pub blocking_queue_depth: u64,
    /// Threads for blocking closures, idle ones included.
    pub blocking_threads: u64,
    /// Those of them that have nothing to do.
    pub idle_blocking_threads: u64,
    /// Timers that have neither fired nor been cancelled.
    pub pending_timers: u64,
    /// Workers that are not asleep.
    pub awake_workers: u64,
    /// How many workers may run at a time.
    pub worker_limit: u64,
    /// Polls that were found to hold their worker up, because they wait for something.
    pub blocked_polls: u64,
    /// The same, because they compute.
    pub cpu_bound_polls: u64,
    /// The same, because the operating system did not run them.
    pub preempted_polls: u64,
    /// Threads that stand in for workers.
    pub spare_workers: u64,
    /// How many times none could be called, because there were too many.
    pub spare_workers_refused: u64,
    /// From queued to polled, of the polls that were timed.
    pub poll_delay: HistogramSnapshot,
    /// How long polls took, of those that were timed.
    pub poll_time: HistogramSnapshot,
    /// Tasks in the queue of each worker, in the order of their indices.
    pub queue_depths: Vec<u64>,
    /// One per worker, in the order of their indices, as each last published them.
    pub workers: Vec<WorkerSnapshot>,
}
