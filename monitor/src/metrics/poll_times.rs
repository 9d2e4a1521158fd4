//! How long tasks wait for their polls, and how long those take.

use super::buckets::TimeBuckets;
use super::histogram::TimeHistogram;
use super::histogram_snapshot::HistogramSnapshot;
use std::time::Duration;

/// What one thread has timed of its polls. It records without a lock, and allocates with its first
/// record only.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::PollTimes;
/// use std::time::Duration;
///
/// let workers = [PollTimes::default(), PollTimes::default()];
/// workers[0].record_delay(Duration::from_micros(3));
/// workers[0].record_length(Duration::from_micros(20));
/// workers[1].record_length(Duration::from_micros(40));
/// let (delay, length) = PollTimes::merged(&workers);
/// assert_eq!((delay.count, delay.max), (1, Duration::from_micros(3)));
/// assert_eq!((length.count, length.sum), (2, Duration::from_micros(60)));
/// ```
#[derive(Debug, Default)]
pub struct PollTimes {
    delay: TimeBuckets,
    length: TimeBuckets,
}

impl PollTimes {
    /// A task was polled so long after it had been queued. Only one thread at a time may record.
    pub fn record_delay(&self, delay: Duration) {
        self.delay.record(delay);
    }

    /// A poll took so long. Only one thread at a time may record.
    pub fn record_length(&self, length: Duration) {
        self.length.record(length);
    }

    /// The delays and the lengths that several threads have recorded. Count, sum and maximum are
    /// exact, the percentiles upper bounds within 4 %, and the buckets are those of times that are
    /// up to 4 % longer; what is longer than 18 minutes counts as an hour, and as clamped. Some
    /// 10 us for each of them.
    pub fn merged<'a>(
        all: impl IntoIterator<Item = &'a Self>,
    ) -> (HistogramSnapshot, HistogramSnapshot) {
        let (mut delay, mut length) = (TimeHistogram::default(), TimeHistogram::default());
        for times in all {
            times.delay.add_to(&mut delay);
            times.length.add_to(&mut length);
        }
        (delay.snapshot(), length.snapshot())
    }
}
