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
    longest: Longest,
}

/// The longest polls, in nanoseconds: rarely written, and not by the worker alone.
#[derive(Debug, Default)]
struct Longest {
    ever: AtomicU64,
    since_asked: AtomicU64,
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

    /// A poll of this worker has taken so long, or has by now. Anybody who finds out may say so.
    pub fn note_poll(&self, time: Duration) {
        // A u64 of nanoseconds is centuries long.
        let ns = time.as_nanos() as u64;
        // ORDERING: Relaxed, see `publish`; the maxima themselves cannot be missed.
        self.longest.ever.fetch_max(ns, Ordering::Relaxed);
        self.longest.since_asked.fetch_max(ns, Ordering::Relaxed);
    }

    /// The longest poll that was noted since this was asked last, zero if none was. So one asker
    /// only will be told of it.
    pub fn take_longest_poll(&self) -> Duration {
        // ORDERING: Relaxed, as above.
        Duration::from_nanos(self.longest.since_asked.swap(0, Ordering::Relaxed))
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
            longest_poll: Duration::from_nanos(self.longest.ever.load(Ordering::Relaxed)),
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
    /// The longest of the polls that somebody has [noted](WorkerCounters::note_poll).
    pub longest_poll: Duration,
}

#[cfg(test)]
mod tests {
    use super::WorkerCounters;
    use std::time::Duration;

    #[test]
    fn the_longest_poll_is_told_for_ever_and_once() {
        let counters = WorkerCounters::default();
        assert_eq!(counters.take_longest_poll(), Duration::ZERO);
        for millis in [5, 40, 7] {
            counters.note_poll(Duration::from_millis(millis));
        }
        assert_eq!(counters.take_longest_poll(), Duration::from_millis(40));
        counters.note_poll(Duration::from_millis(3));
        assert_eq!(counters.take_longest_poll(), Duration::from_millis(3));
        assert_eq!(counters.snapshot().longest_poll, Duration::from_millis(40));
    }
}
