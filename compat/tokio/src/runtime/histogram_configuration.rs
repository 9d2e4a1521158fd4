use std::time::Duration;

use super::LogHistogram;

/// How the buckets of a histogram of times lie.
///
/// ```
/// use std::time::Duration;
/// use tokio::runtime::{Builder, HistogramConfiguration};
///
/// let buckets = HistogramConfiguration::linear(Duration::from_millis(1), 3);
/// let runtime = Builder::new_current_thread()
///     .enable_metrics_poll_time_histogram()
///     .metrics_poll_time_histogram_configuration(buckets)
///     .build()?;
/// let second = runtime.metrics().poll_time_histogram_bucket_range(1);
/// assert_eq!(second, Duration::from_millis(1)..Duration::from_millis(2));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HistogramConfiguration {
    buckets: Buckets,
}

#[derive(Debug, Clone, Copy)]
enum Buckets {
    Linear { width: Duration, count: usize },
    Log(LogHistogram),
}

impl HistogramConfiguration {
    /// So many buckets of one width, the last of which has all that is longer, too. No runtime can
    /// be built with widths of zero, or more than 65,536 buckets.
    pub fn linear(bucket_width: Duration, num_buckets: usize) -> Self {
        Self { buckets: Buckets::Linear { width: bucket_width, count: num_buckets } }
    }

    /// Buckets whose widths grow.
    pub fn log(configuration: impl Into<LogHistogram>) -> Self {
        Self { buckets: Buckets::Log(configuration.into()) }
    }

    /// Where one bucket ends and the next begins, ascending.
    pub(super) fn bounds(&self) -> Box<dyn Iterator<Item = Duration>> {
        match self.buckets {
            Buckets::Linear { width, count } => {
                // Bounds that the highest number is not enough for are refused as too many.
                let bound = move |number| width.saturating_mul(number);
                Box::new((1..=u32::MAX).map(bound).take(count.saturating_sub(1)))
            }
            Buckets::Log(histogram) => Box::new(histogram.bounds()),
        }
    }
}
