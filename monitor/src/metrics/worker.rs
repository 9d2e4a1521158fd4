//! What one worker has done, counted without sharing and published now and then.

use primitives::shim::CachePadded;
use primitives::shim::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A worker's own running totals: plain numbers that only it touches.
///
/// It counts here on every poll, for free, and [publishes](WorkerCounters::publish) the totals
/// when it parks and every so often while it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkerStats {
    /// Tasks polled.
    pub polls: u64,
    /// Tasks taken from its own deque.
    pub local_pops: u64,
    /// Tasks taken from its LIFO slot.
    pub lifo_pops: u64,
    /// Attempts to steal that brought at least one task.
    pub steals: u64,
    /// Attempts to steal, one per victim looked at.
    pub steal_attempts: u64,
    /// Tasks taken from the injector. Those that it brought along for later come out of its deque
    /// then, and count as local once more.
    pub injector_pops: u64,
    /// Times it went to sleep for want of work.
    pub parks: u64,
    /// Nanoseconds awake: polling tasks, and looking for the next one.
    pub busy_ns: u64,
}

/// A worker's totals where others can read them.
///
/// One writer, any number of readers. Alone on its cache lines, so that publishing never slows a
/// neighbour down.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{WorkerCounters, WorkerStats};
///
/// let counters = WorkerCounters::default();
/// let mut stats = WorkerStats::default();
/// stats.polls += 3;
/// stats.busy_ns += 1_500;
/// counters.publish(&stats);
/// assert_eq!(counters.snapshot().polls, 3);
/// ```
#[derive(Debug, Default)]
pub struct WorkerCounters {
    totals: CachePadded<Totals>,
}

#[derive(Debug, Default)]
struct Totals {
    polls: AtomicU64,
    local_pops: AtomicU64,
    lifo_pops: AtomicU64,
    steals: AtomicU64,
    steal_attempts: AtomicU64,
    injector_pops: AtomicU64,
    parks: AtomicU64,
    busy_ns: AtomicU64,
}

impl WorkerCounters {
    /// Makes `stats`, which are totals and not increments, visible. Only the worker itself may
    /// call this.
    pub fn publish(&self, stats: &WorkerStats) {
        let totals = &*self.totals;
        // ORDERING: Relaxed throughout. Each is a number for people to read, written by one
        // thread; nothing is decided by how they relate.
        totals.polls.store(stats.polls, Ordering::Relaxed);
        totals.local_pops.store(stats.local_pops, Ordering::Relaxed);
        totals.lifo_pops.store(stats.lifo_pops, Ordering::Relaxed);
        totals.steals.store(stats.steals, Ordering::Relaxed);
        totals.steal_attempts.store(stats.steal_attempts, Ordering::Relaxed);
        totals.injector_pops.store(stats.injector_pops, Ordering::Relaxed);
        totals.parks.store(stats.parks, Ordering::Relaxed);
        totals.busy_ns.store(stats.busy_ns, Ordering::Relaxed);
    }

    /// The totals as last published. Each is exact and never falls; while the worker publishes,
    /// some may be from before and some from after.
    pub fn snapshot(&self) -> WorkerSnapshot {
        let totals = &*self.totals;
        // ORDERING: Relaxed, see `publish`.
        WorkerSnapshot {
            polls: totals.polls.load(Ordering::Relaxed),
            local_pops: totals.local_pops.load(Ordering::Relaxed),
            lifo_pops: totals.lifo_pops.load(Ordering::Relaxed),
            steals: totals.steals.load(Ordering::Relaxed),
            steal_attempts: totals.steal_attempts.load(Ordering::Relaxed),
            injector_pops: totals.injector_pops.load(Ordering::Relaxed),
            parks: totals.parks.load(Ordering::Relaxed),
            busy: Duration::from_nanos(totals.busy_ns.load(Ordering::Relaxed)),
        }
    }
}

/// What a worker had done by the time it last published: see [`WorkerStats`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkerSnapshot {
    /// Tasks polled.
    pub polls: u64,
    /// Tasks taken from its own deque.
    pub local_pops: u64,
    /// Tasks taken from its LIFO slot.
    pub lifo_pops: u64,
    /// Attempts to steal that brought at least one task.
    pub steals: u64,
    /// Attempts to steal, one per victim looked at.
    pub steal_attempts: u64,
    /// Tasks taken from the injector. Those that it brought along for later come out of its deque
    /// then, and count as local once more.
    pub injector_pops: u64,
    /// Times it went to sleep for want of work.
    pub parks: u64,
    /// Time awake: polling tasks, and looking for the next one.
    pub busy: Duration,
}
