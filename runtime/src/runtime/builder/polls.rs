//! Options about what is measured of polls.

use super::Builder;
use crate::runtime::config::MAX_BOUNDS;
use std::sync::Arc;
use std::time::Duration;

impl Builder {
    /// Times one poll in so many, at least 1, of those that are picked at random: how long the task
    /// has waited since it was queued, and how long the poll takes; `None` is none. Default: 1024.
    /// See [`RuntimeMetrics::poll_delays`](crate::runtime::RuntimeMetrics::poll_delays) and
    /// [`poll_times`](crate::runtime::RuntimeMetrics::poll_times).
    ///
    /// A poll that is timed takes three looks at the clock, some 25 ns each, and others none:
    /// measured with the default, less than 1 % of what it takes to spawn a task, to yield, or to
    /// wake another. With 1, every poll is timed: for whoever looks for the one that takes long.
    ///
    /// Tasks of a [`LocalSet`](crate::task::LocalSet), futures of `block_on` and blocking closures
    /// are not timed. The longest poll is
    /// [known](crate::runtime::RuntimeMetrics::worker_longest_poll) also of those that are not.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread().poll_sampling(1).build()?;
    /// runtime.block_on(async { graph_runtime::spawn(async {}).await.unwrap() });
    /// assert_eq!(runtime.handle().metrics().poll_times().count, 1);
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    pub fn poll_sampling(&mut self, every: impl Into<Option<u32>>) -> &mut Self {
        self.config.poll_sampling = every.into();
        self
    }

    /// Counts how long polls take, for each worker, in buckets: each ends where the next begins,
    /// the first at zero, the others at `bounds`, which ascend, at most 65,535 of them; what is
    /// longer than the last has a bucket, too. Every poll is timed then, whatever the
    /// [sampling](Self::poll_sampling). Default: none.
    ///
    /// All processes that shall be compared can have the same buckets, and what is counted is
    /// exact: see [`RuntimeMetrics::poll_time_histogram_bucket_count`]. It costs a worker 8 bytes
    /// for each bucket, and O(log buckets) for each poll.
    ///
    /// [`RuntimeMetrics::poll_time_histogram_bucket_count`]:
    ///     crate::runtime::RuntimeMetrics::poll_time_histogram_bucket_count
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::runtime::Builder;
    /// use std::time::Duration;
    ///
    /// let mut builder = Builder::new_current_thread();
    /// let runtime = builder.poll_time_histogram([1, 10, 100].map(Duration::from_millis)).build()?;
    /// runtime.block_on(async { graph_runtime::spawn(async {}).await.unwrap() });
    /// let metrics = runtime.handle().metrics();
    /// let counts = (0..4).map(|bucket| metrics.poll_time_histogram_bucket_count(0, bucket));
    /// assert_eq!(counts.sum::<u64>(), 1);
    /// # Ok::<(), graph_runtime::runtime::BuildError>(())
    /// ```
    pub fn poll_time_histogram(&mut self, bounds: impl IntoIterator<Item = Duration>) -> &mut Self {
        self.config.poll_buckets.lengths = Some(collected(bounds));
        self
    }

    /// Counts how long tasks wait from when they are queued to their poll, for each worker, as
    /// [`poll_time_histogram`](Self::poll_time_histogram) does with how long the polls take: see
    /// [`RuntimeMetrics::schedule_latency_histogram_bucket_count`]. Default: none.
    ///
    /// [`RuntimeMetrics::schedule_latency_histogram_bucket_count`]:
    ///     crate::runtime::RuntimeMetrics::schedule_latency_histogram_bucket_count
    pub fn poll_delay_histogram(
        &mut self,
        bounds: impl IntoIterator<Item = Duration>,
    ) -> &mut Self {
        self.config.poll_buckets.delays = Some(collected(bounds));
        self
    }
}

/// As many bounds as there may be, and one more to be refused for.
fn collected(bounds: impl IntoIterator<Item = Duration>) -> Arc<[Duration]> {
    bounds.into_iter().take(MAX_BOUNDS + 1).collect()
}
