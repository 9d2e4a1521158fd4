use std::time::Duration;

use super::{Builder, HistogramConfiguration, HistogramScale};

/// Histograms of polls, by worker. With one, every poll is timed.
impl Builder {
    /// Counts how long polls take.
    pub fn enable_metrics_poll_time_histogram(&mut self) -> &mut Self {
        self.poll_times.is_enabled = true;
        self
    }

    /// How the buckets lie: by default ten of 100 us each.
    pub fn metrics_poll_time_histogram_configuration(
        &mut self,
        configuration: HistogramConfiguration,
    ) -> &mut Self {
        self.poll_times.configuration = configuration;
        self
    }

    /// Counts how long tasks wait for their polls.
    pub fn enable_metrics_schedule_latency_histogram(&mut self) -> &mut Self {
        self.poll_delays.is_enabled = true;
        self
    }

    /// How the buckets lie: by default ten of 100 us each.
    pub fn metrics_schedule_latency_histogram_configuration(
        &mut self,
        configuration: HistogramConfiguration,
    ) -> &mut Self {
        self.poll_delays.configuration = configuration;
        self
    }

    /// Tells the hooks of polls how long each task has waited for its poll; see
    /// [`TaskMeta::schedule_latency`](super::TaskMeta::schedule_latency). Without, and without a
    /// histogram, they are told of one poll in so many.
    pub fn track_task_schedule_latency(&mut self) -> &mut Self {
        self.inner.poll_sampling(1);
        self
    }

    /// Counts how long polls take.
    #[deprecated(note = "the same as `enable_metrics_poll_time_histogram`")]
    pub fn enable_metrics_poll_count_histogram(&mut self) -> &mut Self {
        self.enable_metrics_poll_time_histogram()
    }

    /// Whether the buckets' widths grow. This takes the place of a configuration.
    #[deprecated(note = "part of `metrics_poll_time_histogram_configuration`")]
    pub fn metrics_poll_count_histogram_scale(
        &mut self,
        histogram_scale: HistogramScale,
    ) -> &mut Self {
        self.poll_times.old_mut().scale = histogram_scale;
        self
    }

    /// The width of the first bucket. This takes the place of a configuration.
    ///
    /// # Panics
    ///
    /// If it is zero, or more than a second.
    #[deprecated(note = "part of `metrics_poll_time_histogram_configuration`")]
    #[track_caller]
    pub fn metrics_poll_count_histogram_resolution(&mut self, resolution: Duration) -> &mut Self {
        assert!(!resolution.is_zero(), "the resolution must be greater than 0");
        assert!(resolution <= Duration::from_secs(1), "the resolution must be a second at most");
        self.poll_times.old_mut().resolution = resolution;
        self
    }

    /// How many buckets there are. This takes the place of a configuration.
    #[deprecated(note = "part of `metrics_poll_time_histogram_configuration`")]
    pub fn metrics_poll_count_histogram_buckets(&mut self, buckets: usize) -> &mut Self {
        self.poll_times.old_mut().buckets = buckets;
        self
    }
}
