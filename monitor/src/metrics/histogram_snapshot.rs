//! A distribution of times, as plain values.

use std::time::Duration;

/// How many bounds there are.
const BOUNDS: usize = 25;

/// A distribution of times.
///
/// Count, sum, mean and maximum are exact. The percentiles are upper bounds within one part in a
/// thousand, for times up to an hour; longer ones count as an hour there. All zero if `count` is.
///
/// The [`buckets`](Self::buckets) are the same for every distribution, so that those of several
/// processes can be added up, which percentiles cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistogramSnapshot {
    /// How many times were recorded.
    pub count: u64,
    /// All of them together, up to some 584 years.
    pub sum: Duration,
    /// Their mean.
    pub mean: Duration,
    /// Half of them were at most this.
    pub p50: Duration,
    /// Nine out of ten were at most this.
    pub p90: Duration,
    /// 99 out of 100 were at most this.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
    /// How many were longer than an hour.
    pub clamped: u64,
    /// How many were at most as long as each of the [`BOUNDS`](Self::BOUNDS).
    pub at_most: [u64; BOUNDS],
}

impl HistogramSnapshot {
    /// From 1 us to 100 s, ascending, three to a decade: 1, 2.5 and 5.
    pub const BOUNDS: [Duration; BOUNDS] = bounds();

    /// Each of the [`BOUNDS`](Self::BOUNDS), ascending, with how many of all times were at most
    /// that, which so never falls from one to the next; `count` goes on from there, for those that
    /// were longer than the last. A time that is longer than a bound by less than one part in a
    /// thousand may be counted as the bound.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_monitor::ExecutionMetrics;
    /// use std::time::Duration;
    ///
    /// let metrics = ExecutionMetrics::new(1);
    /// for millis in [2, 7, 300] {
    ///     metrics.recorder(None).started(Duration::from_millis(millis));
    /// }
    /// let waits = metrics.snapshot().queue_wait;
    /// let quick = waits.buckets().find(|(bound, _)| *bound == Duration::from_millis(10));
    /// assert_eq!(quick, Some((Duration::from_millis(10), 2)));
    /// ```
    pub fn buckets(&self) -> impl ExactSizeIterator<Item = (Duration, u64)> {
        Self::BOUNDS.into_iter().zip(self.at_most)
    }
}

const fn bounds() -> [Duration; BOUNDS] {
    let mut bounds = [Duration::ZERO; BOUNDS];
    let (mut index, mut decade) = (0, 1_000);
    while index < BOUNDS {
        let steps = [decade, decade * 5 / 2, decade * 5];
        bounds[index] = Duration::from_nanos(steps[index % 3]);
        index += 1;
        if index % 3 == 0 {
            decade *= 10;
        }
    }
    bounds
}
