//! Counting times without a lock.

use super::histogram::TimeHistogram;
use primitives::shim::atomic::{AtomicU64, Ordering};
use std::sync::OnceLock;
use std::time::Duration;

/// Each doubling is split into so many buckets, linearly: a bucket is 3 % wide at most.
const SPLIT: u64 = 1 << SPLIT_BITS;
const SPLIT_BITS: u32 = 5;
/// Times of 2^40 ns, some 18 minutes, and more share the last bucket.
const LONGEST_BITS: u32 = 40;
const BUCKETS: usize = ((LONGEST_BITS - SPLIT_BITS + 1) as u64 * SPLIT + 1) as usize;

/// How often times occurred, in 9 KiB that are allocated when the first is recorded.
///
/// One thread at a time records, without a lock or a locked instruction: O(1), some nanoseconds.
/// Others read at any time, and may see a time counted that is not in the sum yet.
///
/// Source: buckets as in G. Tene's HdrHistogram, of which one is made to read them; see
/// [`add_to`](Self::add_to).
#[derive(Debug, Default)]
pub(super) struct TimeBuckets {
    counts: OnceLock<Box<[AtomicU64]>>,
    sum_ns: AtomicU64,
    max_ns: AtomicU64,
}

// ORDERING (this whole file): numbers for people to read, by one writer; every access is Relaxed.
impl TimeBuckets {
    /// Only one thread at a time may call this.
    pub(super) fn record(&self, time: Duration) {
        let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let counts = self.counts.get_or_init(|| (0..BUCKETS).map(|_| AtomicU64::new(0)).collect());
        let count = &counts[bucket(ns)];
        count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        let sum = self.sum_ns.load(Ordering::Relaxed).saturating_add(ns);
        self.sum_ns.store(sum, Ordering::Relaxed);
        self.max_ns.store(self.max_ns.load(Ordering::Relaxed).max(ns), Ordering::Relaxed);
    }

    /// Adds what was recorded to a histogram, each time as the upper edge of its bucket.
    /// O(buckets).
    pub(super) fn add_to(&self, histogram: &mut TimeHistogram) {
        let Some(counts) = self.counts.get() else { return };
        for (index, count) in counts.iter().enumerate() {
            histogram.record_many(upper_edge(index), count.load(Ordering::Relaxed));
        }
        histogram
            .add_exact(self.sum_ns.load(Ordering::Relaxed), self.max_ns.load(Ordering::Relaxed));
    }
}

/// Where a time is counted.
fn bucket(ns: u64) -> usize {
    if ns < SPLIT {
        return ns as usize;
    }
    let doublings = ns.ilog2() - SPLIT_BITS;
    let index = u64::from(doublings) * SPLIT + (ns >> doublings);
    (index as usize).min(BUCKETS - 1)
}

/// The longest time that is counted in a bucket.
fn upper_edge(bucket: usize) -> u64 {
    let index = bucket as u64;
    if index < 2 * SPLIT {
        return index;
    }
    if bucket == BUCKETS - 1 {
        return u64::MAX;
    }
    let doublings = index / SPLIT - 1;
    ((index % SPLIT + SPLIT + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, LONGEST_BITS, TimeBuckets, bucket, upper_edge};
    use crate::metrics::histogram::TimeHistogram;
    use proptest::prelude::*;
    use std::time::Duration;

    #[test]
    fn every_bucket_begins_where_the_one_before_ends() {
        for index in 0..BUCKETS - 1 {
            let edge = upper_edge(index);
            assert_eq!((bucket(edge), bucket(edge + 1)), (index, index + 1), "{edge}");
        }
        assert_eq!(bucket(1 << LONGEST_BITS), BUCKETS - 1);
        assert_eq!((bucket(u64::MAX), upper_edge(BUCKETS - 1)), (BUCKETS - 1, u64::MAX));
    }

    proptest! {
        #[test]
        fn no_bucket_is_wider_than_3_percent(bits in 0..LONGEST_BITS, low in any::<u64>()) {
            let ns = (1 << bits) | (low & ((1 << bits) - 1));
            let edge = upper_edge(bucket(ns));
            prop_assert!(edge >= ns && edge - ns <= ns / 32, "{ns} is counted as {edge}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_was_recorded_is_counted_up_to_each_bound(
            bits_and_low in prop::collection::vec((0..LONGEST_BITS, any::<u64>()), 0..60),
        ) {
            let times = bits_and_low.iter().map(|&(bits, low)| low & ((1 << bits) - 1));
            let times: Vec<_> = times.collect();
            let (buckets, mut histogram) = (TimeBuckets::default(), TimeHistogram::default());
            times.iter().for_each(|&ns| buckets.record(Duration::from_nanos(ns)));
            buckets.add_to(&mut histogram);
            let snapshot = histogram.snapshot();
            prop_assert_eq!(snapshot.count, times.len() as u64);
            for (bound, shown) in snapshot.buckets() {
                let bound = bound.as_nanos() as u64;
                let count = |most| times.iter().filter(|&&ns| ns <= most).count() as u64;
                let plain = count(bound - bound / 25)..=count(bound + bound / 1000);
                prop_assert!(plain.contains(&shown), "{shown} up to {bound}, not {plain:?}");
            }
        }
    }

    #[test]
    fn count_sum_and_maximum_are_exact() {
        let (buckets, mut histogram) = (TimeBuckets::default(), TimeHistogram::default());
        buckets.add_to(&mut histogram);
        assert_eq!(histogram.snapshot(), Default::default());
        for ns in [3, 1_000, 1_000_000, u64::MAX / 2] {
            buckets.record(Duration::from_nanos(ns));
        }
        buckets.add_to(&mut histogram);
        let snapshot = histogram.snapshot();
        assert_eq!((snapshot.count, snapshot.clamped), (4, 1));
        assert_eq!(snapshot.max.as_nanos(), u128::from(u64::MAX / 2));
        assert_eq!(snapshot.sum.as_nanos(), u128::from(1_001_003 + u64::MAX / 2));
    }
}
