//! Names that tokio has given up, and programs still call.

use super::RuntimeMetrics;
use std::ops::Range;
use std::time::Duration;

#[doc(hidden)]
impl RuntimeMetrics {
    #[deprecated(note = "renamed to `num_alive_tasks`")]
    pub fn active_tasks_count(&self) -> usize {
        self.num_alive_tasks()
    }

    #[deprecated(note = "renamed to `global_queue_depth`")]
    pub fn injection_queue_depth(&self) -> usize {
        self.global_queue_depth()
    }

    #[deprecated(note = "renamed to `poll_time_histogram_enabled`")]
    pub fn poll_count_histogram_enabled(&self) -> bool {
        self.poll_time_histogram_enabled()
    }

    #[deprecated(note = "renamed to `poll_time_histogram_num_buckets`")]
    pub fn poll_count_histogram_num_buckets(&self) -> usize {
        self.poll_time_histogram_num_buckets()
    }

    #[deprecated(note = "renamed to `poll_time_histogram_bucket_range`")]
    #[track_caller]
    pub fn poll_count_histogram_bucket_range(&self, bucket: usize) -> Range<Duration> {
        self.poll_time_histogram_bucket_range(bucket)
    }

    #[deprecated(note = "renamed to `poll_time_histogram_bucket_count`")]
    #[track_caller]
    pub fn poll_count_histogram_bucket_count(&self, worker: usize, bucket: usize) -> u64 {
        self.poll_time_histogram_bucket_count(worker, bucket)
    }
}
