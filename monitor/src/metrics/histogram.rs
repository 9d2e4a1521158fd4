//! A distribution of times in bounded memory.

use super::histogram_snapshot::HistogramSnapshot;
use hdrhistogram::Histogram;
use std::time::Duration;

/// Percentiles are kept to this many significant digits.
const SIGNIFICANT_DIGITS: u8 = 3;
/// The longest time that percentiles tell apart: an hour.
const LONGEST_NS: u64 = 3_600_000_000_000;

/// Times from 1 ns to 1 h, to three digits, in 264 KiB that are allocated when the first time is
/// recorded: most histograms of a large machine never see one.
///
/// Sum and maximum are kept beside the buckets, so they are exact even for what the bounds cut
/// off.
///
/// Source: G. Tene, HdrHistogram: buckets that double in width, each split linearly.
#[derive(Debug, Default)]
pub(crate) struct TimeHistogram {
    buckets: Option<Histogram<u64>>,
    sum_ns: u128,
    max_ns: u64,
    clamped: u64,
}

fn empty_buckets() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_NS, SIGNIFICANT_DIGITS)
        .expect("these constant bounds are within what a histogram can do")
}

impl TimeHistogram {
    pub(crate) fn record(&mut self, time: Duration) {
        let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let buckets = self.buckets.get_or_insert_with(empty_buckets);
        buckets.saturating_record(ns.min(LONGEST_NS));
        self.sum_ns += u128::from(ns);
        self.max_ns = self.max_ns.max(ns);
        self.clamped += u64::from(ns > LONGEST_NS);
    }

    /// As many times of `ns` nanoseconds as `count` says, without sum and maximum:
    /// [`add_exact`](Self::add_exact) has these.
    pub(crate) fn record_many(&mut self, ns: u64, count: u64) {
        if count > 0 {
            let buckets = self.buckets.get_or_insert_with(empty_buckets);
            buckets.saturating_record_n(ns.min(LONGEST_NS), count);
            self.clamped += if ns > LONGEST_NS { count } else { 0 };
        }
    }

    pub(crate) fn add_exact(&mut self, sum_ns: u64, max_ns: u64) {
        self.sum_ns += u128::from(sum_ns);
        self.max_ns = self.max_ns.max(max_ns);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let Some(buckets) = &other.buckets else { return };
        let sum = self.buckets.get_or_insert_with(empty_buckets);
        sum.add(buckets).expect("all histograms here have the same bounds");
        self.sum_ns += other.sum_ns;
        self.max_ns = self.max_ns.max(other.max_ns);
        self.clamped += other.clamped;
    }

    /// The figures to show; all zero if nothing was recorded.
    pub(crate) fn snapshot(&self) -> HistogramSnapshot {
        let Some(buckets) = &self.buckets else {
            return HistogramSnapshot::default();
        };
        let count = buckets.len();
        // A bucket reports its upper edge, which may lie above everything recorded in it.
        let at =
            |quantile| Duration::from_nanos(buckets.value_at_quantile(quantile).min(self.max_ns));
        let mean_ns = self.sum_ns.checked_div(u128::from(count)).unwrap_or(0);
        HistogramSnapshot {
            count,
            sum: Duration::from_nanos(u64::try_from(self.sum_ns).unwrap_or(u64::MAX)),
            mean: Duration::from_nanos(u64::try_from(mean_ns).unwrap_or(u64::MAX)),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: Duration::from_nanos(self.max_ns),
            clamped: self.clamped,
            at_most: at_most(buckets),
        }
    }
}

/// How many times there are up to each bound, those in the bound's own bucket included. O(buckets).
fn at_most(buckets: &Histogram<u64>) -> [u64; HistogramSnapshot::BOUNDS.len()] {
    let (mut count, mut next) = (0, 0);
    HistogramSnapshot::BOUNDS.map(|bound| {
        // A u64 of nanoseconds is centuries long.
        let bound = bound.as_nanos() as u64;
        count += buckets.count_between(next, bound);
        next = buckets.next_non_equivalent(bound);
        count
    })
}

#[cfg(test)]
mod tests {
    use super::{HistogramSnapshot, LONGEST_NS, TimeHistogram};
    use proptest::prelude::*;
    use std::time::Duration;

    fn recorded(times: &[u64]) -> TimeHistogram {
        let mut histogram = TimeHistogram::default();
        times.iter().for_each(|&ns| histogram.record(Duration::from_nanos(ns)));
        histogram
    }

    /// The smallest recorded time that `share` of all are not above, by sorting.
    fn exact_quantile(sorted: &[u64], share: f64) -> u64 {
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted[rank.max(1) - 1]
    }

    /// From below a microsecond to above the bound, evenly over the magnitudes.
    fn times() -> impl Strategy<Value = Vec<u64>> {
        let time = (0_u32..43).prop_flat_map(|bits| 0..=(1_u64 << bits));
        prop::collection::vec(time, 1..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn quantiles_are_within_a_thousandth_of_the_sorted_list(
            left in times(),
            right in times(),
        ) {
            let mut histogram = recorded(&left);
            histogram.add(&recorded(&right));
            let snapshot = histogram.snapshot();
            let mut sorted = [left, right].concat();
            sorted.sort_unstable();

            prop_assert_eq!(snapshot.count, sorted.len() as u64);
            prop_assert_eq!(snapshot.max.as_nanos(), u128::from(sorted[sorted.len() - 1]));
            let sum: u128 = sorted.iter().copied().map(u128::from).sum();
            prop_assert_eq!(snapshot.mean.as_nanos(), sum / sorted.len() as u128);
            prop_assert_eq!(snapshot.sum.as_nanos(), sum);
            let clamped = sorted.iter().filter(|&&ns| ns > LONGEST_NS).count();
            prop_assert_eq!(snapshot.clamped, clamped as u64);
            for (shown, share) in [(snapshot.p50, 0.5), (snapshot.p90, 0.9), (snapshot.p99, 0.99)] {
                let exact = exact_quantile(&sorted, share).min(LONGEST_NS);
                let shown = u64::try_from(shown.as_nanos()).expect("at most an hour");
                let bound = exact + exact / 1000;
                prop_assert!((exact..=bound).contains(&shown), "{shown} for {exact}");
            }
        }

        #[test]
        fn buckets_are_within_a_thousandth_of_a_plain_count(times in times()) {
            let snapshot = recorded(&times).snapshot();
            prop_assert!(snapshot.at_most.is_sorted());
            for (bound, shown) in snapshot.buckets() {
                let bound = bound.as_nanos() as u64;
                let count = |most| times.iter().filter(|&&ns| ns <= most).count() as u64;
                let plain = count(bound)..=count(bound + bound / 1000);
                prop_assert!(plain.contains(&shown), "{shown} up to {bound}, not {plain:?}");
            }
        }
    }

    #[test]
    fn a_time_that_is_a_bound_is_at_most_that() {
        let bounds = HistogramSnapshot::BOUNDS;
        let snapshot = recorded(&bounds.map(|bound| bound.as_nanos() as u64)).snapshot();
        assert_eq!(snapshot.at_most, std::array::from_fn(|index| index as u64 + 1));
        assert_eq!((bounds[0], bounds[4]), (Duration::from_micros(1), Duration::from_micros(25)));
        assert_eq!((bounds[23], bounds[24]), (Duration::from_secs(50), Duration::from_secs(100)));
    }

    #[test]
    fn nothing_recorded_is_all_zero() {
        assert_eq!(TimeHistogram::default().snapshot(), Default::default());
    }

    #[test]
    fn the_longest_of_all_durations_is_clamped_and_counted() {
        let mut histogram = TimeHistogram::default();
        histogram.record(Duration::MAX);
        let snapshot = histogram.snapshot();
        assert_eq!((snapshot.count, snapshot.clamped), (1, 1));
        assert_eq!(snapshot.max, Duration::from_nanos(u64::MAX));
    }
}
