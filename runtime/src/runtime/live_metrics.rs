//! What a runtime reports of this moment, by tokio's names.

use super::RuntimeMetrics;
use crate::worker::Remote;
use monitor::{HistogramSnapshot, PollTimes, WorkerSnapshot};
use std::thread::ThreadId;
use std::time::Duration;

/// Unlike the fields, which say how it was when the metrics were asked for, these say how it is
/// now, or was at last when the runtime is gone. Workers publish what they count of polls, steals
/// and time when they fall asleep, and every 100 us or 61 polls while they are busy.
///
/// Where a worker is asked for: it panics if the runtime has fewer.
impl RuntimeMetrics {
    /// How many workers there are.
    pub fn num_workers(&self) -> usize {
        self.shared.remotes.len()
    }

    /// How many tasks have not ended.
    pub fn num_alive_tasks(&self) -> usize {
        self.shared.tally().live as usize
    }

    /// How many tasks have ever been spawned.
    pub fn spawned_tasks_count(&self) -> u64 {
        self.shared.tally().spawned
    }

    /// Entries of the queues that all workers take from: tasks from outside, batches of what was
    /// too much for a worker, tasks that are queued by their urgency.
    pub fn global_queue_depth(&self) -> usize {
        self.shared.injector.len() + self.shared.ordered.len()
    }

    /// How many tasks were queued by threads that are no workers of the runtime.
    pub fn remote_schedule_count(&self) -> u64 {
        self.shared.remote_schedules()
    }

    /// How many polls were cut short because their [budget](crate::task::coop) was used up.
    pub fn budget_forced_yield_count(&self) -> u64 {
        self.shared.forced_yields()
    }

    /// How many threads for blocking closures there are, those that [stand
    /// in](crate::runtime::Builder::max_spare_workers) for workers included.
    pub fn num_blocking_threads(&self) -> usize {
        self.shared.blocking.threads()
    }

    /// How many of these have nothing to do.
    pub fn num_idle_blocking_threads(&self) -> usize {
        self.shared.blocking.idle_threads()
    }

    /// How many blocking closures wait for a thread.
    pub fn blocking_queue_depth(&self) -> usize {
        self.shared.blocking.queued()
    }

    /// How many times a worker fell asleep.
    pub fn worker_park_count(&self, worker: usize) -> u64 {
        self.published(worker).parks
    }

    /// How many times a worker fell asleep or woke up: odd while it sleeps.
    pub fn worker_park_unpark_count(&self, worker: usize) -> u64 {
        self.remote(worker).gauges.park_unparks()
    }

    /// How many times a worker woke up and fell asleep again without a poll in between.
    pub fn worker_noop_count(&self, worker: usize) -> u64 {
        self.remote(worker).gauges.noops()
    }

    /// How many tasks a worker has taken from others.
    pub fn worker_steal_count(&self, worker: usize) -> u64 {
        self.remote(worker).gauges.stolen()
    }

    /// How many times a worker has taken tasks from another.
    pub fn worker_steal_operations(&self, worker: usize) -> u64 {
        self.published(worker).steals
    }

    /// How many times a worker has polled a task.
    pub fn worker_poll_count(&self, worker: usize) -> u64 {
        self.published(worker).polls
    }

    /// How long a worker was awake.
    pub fn worker_total_busy_duration(&self, worker: usize) -> Duration {
        self.published(worker).busy
    }

    /// How long a worker's polls take lately: a mean in which the last stretch of polls weighs a
    /// tenth. It counts what the worker does in between, too.
    pub fn worker_mean_poll_time(&self, worker: usize) -> Duration {
        self.remote(worker).gauges.mean_poll_time()
    }

    /// From the moment in which a task was queued to its poll, of the polls that were
    /// [timed](super::Builder::poll_sampling); the percentiles within 4 %. Some 10 us for each
    /// worker.
    pub fn poll_delays(&self) -> HistogramSnapshot {
        self.poll_delays_and_times().0
    }

    /// How long polls take, of those that were [timed](super::Builder::poll_sampling); the
    /// percentiles within 4 %. Some 10 us for each worker.
    pub fn poll_times(&self) -> HistogramSnapshot {
        self.poll_delays_and_times().1
    }

    /// The longest poll of a worker that is known: of those that were
    /// [timed](super::Builder::poll_sampling); of those of more than 100 us between two looks at
    /// the clock that are made anyway, which comes to each of them where most polls are long; and
    /// of those that were [found](super::StallMetrics) to hold the worker up, as far as they had
    /// come then. So where workers are watched, none of 20 ms or more is missed.
    pub fn worker_longest_poll(&self, worker: usize) -> Duration {
        self.published(worker).longest_poll
    }

    /// The same since it was asked last, by whomever: zero if none is known.
    pub fn take_worker_longest_poll(&self, worker: usize) -> Duration {
        self.shared.counters[worker].take_longest_poll()
    }

    /// How many tasks wait in a worker's own queue and its LIFO slot.
    pub fn worker_local_queue_depth(&self, worker: usize) -> usize {
        let remote = self.remote(worker);
        remote.stealer.len() + usize::from(!remote.lifo.is_empty())
    }

    /// How many times a worker has queued a task for itself: tasks that were spawned, woken or have
    /// woken themselves there.
    pub fn worker_local_schedule_count(&self, worker: usize) -> u64 {
        self.remote(worker).gauges.local_schedules()
    }

    /// How many times a worker's queue was full, and half of it went to the others.
    pub fn worker_overflow_count(&self, worker: usize) -> u64 {
        self.remote(worker).gauges.overflows()
    }

    /// The thread of a worker; on a current-thread runtime the last one that drove it, if any has.
    pub fn worker_thread_id(&self, worker: usize) -> Option<ThreadId> {
        self.remote(worker).gauges.thread()
    }

    /// How many sockets and other sources have been registered with the reactors.
    pub fn io_driver_fd_registered_count(&self) -> u64 {
        self.shared.remotes.iter().map(|it| it.reactor.registered_count()).sum()
    }

    /// How many of these have left again.
    pub fn io_driver_fd_deregistered_count(&self) -> u64 {
        self.shared.remotes.iter().map(|it| it.reactor.deregistered_count()).sum()
    }

    /// How many events of sockets the reactors have seen.
    pub fn io_driver_ready_count(&self) -> u64 {
        let by_workers: u64 = self.shared.remotes.iter().map(|it| it.gauges.io_events()).sum();
        by_workers + self.shared.spares.io_events()
    }

    /// Both of one moment.
    pub(super) fn poll_delays_and_times(&self) -> (HistogramSnapshot, HistogramSnapshot) {
        let spares = self.shared.spares.times();
        let workers = self.shared.remotes.iter().map(|remote| &remote.times);
        PollTimes::merged(workers.chain([&*spares]))
    }

    #[track_caller]
    fn remote(&self, worker: usize) -> &Remote {
        &self.shared.remotes[worker]
    }

    #[track_caller]
    fn published(&self, worker: usize) -> WorkerSnapshot {
        self.shared.counters[worker].snapshot()
    }
}
