//! Times counted in buckets that somebody has chosen.

use primitives::shim::atomic::{AtomicU64, Ordering};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// How often times occurred, by buckets of somebody's choice: see
/// [`PollCounts`](super::PollCounts).
#[derive(Debug)]
pub struct BucketCounts {
    /// Ascending: where one bucket ends and the next begins.
    bounds: Arc<[Duration]>,
    /// One more than bounds.
    counts: Box<[AtomicU64]>,
}

// ORDERING (this whole file): numbers for people to read, which order nothing; every access is
// Relaxed.
impl BucketCounts {
    pub(super) fn new(bounds: Arc<[Duration]>) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts }
    }

    pub(super) fn count_one(&self, time: Duration) {
        let bucket = self.bounds.partition_point(|bound| *bound <= time);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
    }

    /// How many buckets there are: one more than bounds.
    pub fn buckets(&self) -> usize {
        self.counts.len()
    }

    /// The times of a bucket: the first begins at zero, and the last ends with what can be told in
    /// a `u64` of nanoseconds, though it has what is longer, too.
    ///
    /// # Panics
    ///
    /// If there is no such bucket.
    #[track_caller]
    pub fn range(&self, bucket: usize) -> Range<Duration> {
        let start = bucket.checked_sub(1).map_or(Duration::ZERO, |before| self.bounds[before]);
        start..self.bounds.get(bucket).copied().unwrap_or(Duration::from_nanos(u64::MAX))
    }

    /// How many times were recorded that belong in a bucket.
    ///
    /// # Panics
    ///
    /// If there is no such bucket.
    #[track_caller]
    pub fn count(&self, bucket: usize) -> u64 {
        self.counts[bucket].load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::BucketCounts;
    use proptest::prelude::*;
    use std::time::Duration;

    proptest! {
        #[test]
        fn each_time_is_counted_in_the_bucket_whose_range_has_it(
            bounds in prop::collection::btree_set(1_u64..1_000, 0..20),
            times in prop::collection::vec(0_u64..1_100, 0..100),
        ) {
            let edges: Vec<_> = bounds.into_iter().map(Duration::from_nanos).collect();
            let buckets = BucketCounts::new(edges.clone().into());
            let times: Vec<_> = times.into_iter().map(Duration::from_nanos).collect();
            times.iter().for_each(|&time| buckets.count_one(time));
            prop_assert_eq!(buckets.buckets(), edges.len() + 1);
            for bucket in 0..buckets.buckets() {
                let range = buckets.range(bucket);
                let plain = times.iter().filter(|time| range.contains(time)).count() as u64;
                prop_assert_eq!(buckets.count(bucket), plain);
            }
            let starts = (1..buckets.buckets()).map(|bucket| buckets.range(bucket).start);
            prop_assert!(starts.eq(edges));
        }
    }

    #[test]
    #[should_panic(expected = "out of bounds")]
    fn there_is_no_bucket_after_the_last() {
        let _range = BucketCounts::new(vec![Duration::from_nanos(1)].into()).range(2);
    }
}
