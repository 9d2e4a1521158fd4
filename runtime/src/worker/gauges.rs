//! What a worker tells about itself beside its statistics.

use primitives::shim::CachePadded;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicU64, Ordering};
use std::thread::ThreadId;
use std::time::Duration;

/// How much the last stretch of polls weighs in the mean: a tenth, as in tokio.
const NEW_WEIGHT: u64 = 10;

/// Numbers that the worker writes, and anybody reads at any time.
#[derive(Debug, Default)]
pub(crate) struct Gauges {
    numbers: CachePadded<Numbers>,
    /// The thread that runs the worker's loop.
    thread: Mutex<Option<ThreadId>>,
}

#[derive(Debug, Default)]
struct Numbers {
    park_unparks: AtomicU64,
    noops: AtomicU64,
    stolen: AtomicU64,
    overflows: AtomicU64,
    local_schedules: AtomicU64,
    io_events: AtomicU64,
    mean_poll_ns: AtomicU64,
}

// ORDERING (this whole file): numbers that order nothing; every access is Relaxed. The worker alone
// writes them, so a load and a store do instead of a locked addition.
impl Gauges {
    /// The worker falls asleep, or has woken up: odd while it sleeps.
    pub(super) fn count_park_or_unpark(&self) {
        add(&self.numbers.park_unparks, 1);
    }

    /// The worker woke up and found no task.
    pub(super) fn count_noop(&self) {
        add(&self.numbers.noops, 1);
    }

    /// The worker has taken so many tasks from another.
    pub(super) fn count_stolen(&self, tasks: usize) {
        add(&self.numbers.stolen, tasks as u64);
    }

    /// The worker's queue was full.
    pub(super) fn count_overflow(&self) {
        add(&self.numbers.overflows, 1);
    }

    /// The worker queues a task for itself: how many that are.
    #[inline]
    pub(super) fn count_local_schedule(&self) -> u64 {
        let count = self.numbers.local_schedules.load(Ordering::Relaxed) + 1;
        self.numbers.local_schedules.store(count, Ordering::Relaxed);
        count
    }

    /// The worker's reactor has brought so many events.
    pub(super) fn count_io_events(&self, events: usize) {
        add(&self.numbers.io_events, events as u64);
    }

    /// So many polls took so long together.
    pub(super) fn count_poll_time(&self, polls: u64, busy: Duration) {
        // A u64 of nanoseconds is centuries long.
        let Some(mean) = (busy.as_nanos() as u64).checked_div(polls) else { return };
        let before = get(&self.numbers.mean_poll_ns);
        let now = match before {
            0 => mean,
            before => (before * (NEW_WEIGHT - 1) + mean) / NEW_WEIGHT,
        };
        self.numbers.mean_poll_ns.store(now, Ordering::Relaxed);
    }

    /// The calling thread runs the worker's loop now.
    pub(super) fn enter_thread(&self) {
        *self.thread.lock() = Some(std::thread::current().id());
    }

    pub(crate) fn park_unparks(&self) -> u64 {
        get(&self.numbers.park_unparks)
    }

    pub(crate) fn noops(&self) -> u64 {
        get(&self.numbers.noops)
    }

    pub(crate) fn stolen(&self) -> u64 {
        get(&self.numbers.stolen)
    }

    pub(crate) fn overflows(&self) -> u64 {
        get(&self.numbers.overflows)
    }

    pub(crate) fn local_schedules(&self) -> u64 {
        get(&self.numbers.local_schedules)
    }

    pub(crate) fn io_events(&self) -> u64 {
        get(&self.numbers.io_events)
    }

    pub(crate) fn mean_poll_time(&self) -> Duration {
        Duration::from_nanos(get(&self.numbers.mean_poll_ns))
    }

    pub(crate) fn thread(&self) -> Option<ThreadId> {
        *self.thread.lock()
    }
}

#[inline]
fn add(number: &AtomicU64, more: u64) {
    number.store(number.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
}

fn get(number: &AtomicU64) -> u64 {
    number.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::Gauges;
    use std::time::Duration;

    #[test]
    fn the_mean_follows_slowly() {
        let gauges = Gauges::default();
        gauges.count_poll_time(0, Duration::from_secs(1));
        assert_eq!(gauges.mean_poll_time(), Duration::ZERO);
        gauges.count_poll_time(10, Duration::from_nanos(1000));
        assert_eq!(gauges.mean_poll_time(), Duration::from_nanos(100));
        gauges.count_poll_time(1, Duration::from_nanos(1100));
        assert_eq!(gauges.mean_poll_time(), Duration::from_nanos(200));
    }
}
