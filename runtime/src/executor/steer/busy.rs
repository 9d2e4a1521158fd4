//! How busy the workers are.

use monitor::WorkerCounters;
use primitives::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// The share of their time that the workers are awake, from one window of a controller to the next:
/// a figure that is older than the limit in force would speak about another one.
pub(in crate::executor) struct Busy {
    workers: Arc<[WorkerCounters]>,
    /// When the window began, and how long all workers had been awake by then.
    began_at: Timestamp,
    awake: Duration,
}

impl Busy {
    pub(in crate::executor) fn new(workers: &Arc<[WorkerCounters]>, now: Timestamp) -> Self {
        let mut busy = Self { workers: Arc::clone(workers), began_at: now, awake: Duration::ZERO };
        busy.begin(now);
        busy
    }

    /// The share since the window began, 0 to 1, of the time of so many workers; `None` if that is
    /// now. O(workers).
    pub(in crate::executor) fn share(&self, workers: usize, now: Timestamp) -> Option<f64> {
        let all = (now - self.began_at).as_secs_f64() * workers as f64;
        let share = self.awake().saturating_sub(self.awake).as_secs_f64() / all;
        // A worker tells what it did some time after it did it.
        share.is_finite().then_some(share.min(1.0))
    }

    /// A window begins at `now`.
    pub(in crate::executor) fn begin(&mut self, now: Timestamp) {
        (self.began_at, self.awake) = (now, self.awake());
    }

    fn awake(&self) -> Duration {
        self.workers.iter().map(|worker| worker.snapshot().busy).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Busy;
    use monitor::{WorkerCounters, WorkerStats};
    use primitives::Timestamp;
    use std::sync::Arc;

    #[test]
    fn only_what_was_done_in_the_window_counts() {
        let workers: Arc<[WorkerCounters]> = Arc::new([(), ()].map(|()| WorkerCounters::default()));
        let work = |nanos| {
            workers[0].publish(&WorkerStats { busy_ns: nanos, ..WorkerStats::default() });
        };
        let at = Timestamp::from_nanos;
        // Long before: the workers of a runtime that many use.
        work(1_000_000);
        let mut busy = Busy::new(&workers, at(5_000));
        assert_eq!(busy.share(2, at(5_000)), None);
        work(1_000_800);
        assert_eq!(busy.share(2, at(6_000)), Some(0.4), "of two workers' time");
        busy.begin(at(6_000));
        assert_eq!(busy.share(2, at(7_000)), Some(0.0));
        work(1_009_000);
        assert_eq!(busy.share(2, at(7_000)), Some(1.0), "some of it was told late");
    }
}
