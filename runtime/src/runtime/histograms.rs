//! What was counted of polls in buckets that somebody has chosen, by tokio's names.

use super::RuntimeMetrics;
use monitor::BucketCounts;
use std::ops::Range;
use std::time::Duration;

/// Histograms of how long polls take and how long tasks wait for them, by worker, where the builder
/// was told to make them: [`poll_time_histogram`](super::Builder::poll_time_histogram),
/// [`poll_delay_histogram`](super::Builder::poll_delay_histogram). Without, there are no buckets,
/// and all counts are 0.
///
/// Polls by threads that [stand in](super::Builder::max_spare_workers) for a worker are counted
/// with the worker's own.
///
/// Where a worker or a bucket is asked for: it panics if there is none.
impl RuntimeMetrics {
    /// Whether it is counted how long polls take.
    pub fn poll_time_histogram_enabled(&self) -> bool {
        self.poll_times_of(0).is_some()
    }

    /// How many buckets there are for how long polls take.
    pub fn poll_time_histogram_num_buckets(&self) -> usize {
        self.poll_times_of(0).map_or(0, BucketCounts::buckets)
    }

    /// The lengths of polls that a bucket is for.
    #[track_caller]
    pub fn poll_time_histogram_bucket_range(&self, bucket: usize) -> Range<Duration> {
        self.poll_times_of(0).map_or_else(Range::default, |buckets| buckets.range(bucket))
    }

    /// How many polls of a worker had a length that a bucket is for.
    #[track_caller]
    pub fn poll_time_histogram_bucket_count(&self, worker: usize, bucket: usize) -> u64 {
        self.poll_times_of(worker).map_or(0, |buckets| buckets.count(bucket))
    }

    /// Whether it is counted how long tasks wait for their polls.
    pub fn schedule_latency_histogram_enabled(&self) -> bool {
        self.poll_delays_of(0).is_some()
    }

    /// How many buckets there are for how long tasks wait.
    pub fn schedule_latency_histogram_num_buckets(&self) -> usize {
        self.poll_delays_of(0).map_or(0, BucketCounts::buckets)
    }

    /// The times of waiting that a bucket is for.
    #[track_caller]
    pub fn schedule_latency_histogram_bucket_range(&self, bucket: usize) -> Range<Duration> {
        self.poll_delays_of(0).map_or_else(Range::default, |buckets| buckets.range(bucket))
    }

    /// How many polls of a worker had been waited for as long as a bucket is for. Of two tasks that
    /// wait at once and whose [numbers](crate::task::Id) are a multiple of 65,536 apart, only one
    /// is counted.
    #[track_caller]
    pub fn schedule_latency_histogram_bucket_count(&self, worker: usize, bucket: usize) -> u64 {
        self.poll_delays_of(worker).map_or(0, |buckets| buckets.count(bucket))
    }

    #[track_caller]
    fn poll_times_of(&self, worker: usize) -> Option<&BucketCounts> {
        self.shared.poll_counts[worker].lengths()
    }

    #[track_caller]
    fn poll_delays_of(&self, worker: usize) -> Option<&BucketCounts> {
        self.shared.poll_counts[worker].delays()
    }
}
