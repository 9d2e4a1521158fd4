use std::time::Duration;

/// The finest there is: each doubling is split into so many parts, as a power of two.
const MAX_PRECISION: u32 = 10;
/// The longest time that can be the last bound, in nanoseconds: 292 years.
const MAX_BOUND: u64 = 1 << 63;

/// The buckets of a histogram whose widths grow with the times that they are for.
///
/// Each doubling is split into 2^p buckets of equal width, so that a bucket is no wider than its
/// 2^p-th part. The first has everything below the shortest time of interest, the last everything
/// from the longest on.
///
/// Source: the buckets are those of IOP Systems' H2 histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHistogram {
    precision: u32,
    /// The number of the first bound among all that the precision has, and the one after the last.
    first: u64,
    end: u64,
}

impl LogHistogram {
    /// Chooses the range and the precision.
    pub fn builder() -> LogHistogramBuilder {
        LogHistogramBuilder::default()
    }

    /// So many buckets, the first of which ends at `first`, and each other at twice the bound of
    /// the one before, as far as there are such times. Both are at least 1.
    pub(super) fn doubling(first: u64, buckets: usize) -> Self {
        let first = number(first.next_power_of_two(), 0);
        let end = number(MAX_BOUND, 0).min(first.saturating_add(buckets as u64 - 1));
        Self { precision: 0, first, end }
    }

    /// Where the last bucket begins, in nanoseconds.
    pub fn max_value(&self) -> u64 {
        bound(self.end - 1, self.precision)
    }

    /// Where one bucket ends and the next begins, ascending.
    pub(super) fn bounds(self) -> impl Iterator<Item = Duration> {
        let nanos = move |number| bound(number, self.precision);
        (self.first..self.end).map(nanos).map(Duration::from_nanos)
    }

    fn num_buckets(&self) -> usize {
        (self.end - self.first) as usize + 1
    }
}

impl Default for LogHistogram {
    fn default() -> Self {
        Self::builder().build()
    }
}

/// Chooses the buckets of a [`LogHistogram`]: by default from 100 ns to 60 s, none wider than a
/// quarter of the times in it, 119 in all.
///
/// ```
/// use std::time::Duration;
/// use tokio::runtime::LogHistogram;
///
/// let histogram = LogHistogram::builder().max_value(Duration::from_secs(1)).max_buckets(100)?;
/// // The first bound that is not below a second.
/// assert_eq!(histogram.max_value(), 1 << 30);
/// # Ok::<(), tokio::runtime::InvalidHistogramConfiguration>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LogHistogramBuilder {
    min: Duration,
    max: Duration,
    precision: u32,
}

impl Default for LogHistogramBuilder {
    fn default() -> Self {
        Self { min: Duration::from_nanos(100), max: Duration::from_secs(60), precision: 2 }
    }
}

impl LogHistogramBuilder {
    /// How wide a bucket may be, as a share of the times in it: rounded down to a power of a half,
    /// from a quarter to 1 / 1024.
    ///
    /// # Panics
    ///
    /// Unless it is above 0 and below 1.
    #[track_caller]
    pub fn max_error(mut self, max_error: f64) -> Self {
        assert!(max_error > 0.0, "max_error must be greater than 0");
        assert!(max_error < 1.0, "max_error must be less than 1");
        let is_fine = |bits: &u32| 0.5_f64.powi(*bits as i32) <= max_error;
        self.precision = (2..MAX_PRECISION).find(is_fine).unwrap_or(MAX_PRECISION);
        self
    }

    /// Splits each doubling into 2^`p` buckets.
    ///
    /// # Panics
    ///
    /// If `p` is more than 10.
    #[track_caller]
    pub fn precision_exact(mut self, p: u32) -> Self {
        assert!(p <= MAX_PRECISION, "precision must be <= {MAX_PRECISION}");
        self.precision = p;
        self
    }

    /// The first bucket has no time that is longer than this.
    pub fn min_value(mut self, duration: Duration) -> Self {
        self.min = duration;
        self
    }

    /// The last bucket has no time that is shorter than this.
    ///
    /// # Panics
    ///
    /// If it is zero.
    #[track_caller]
    pub fn max_value(mut self, duration: Duration) -> Self {
        assert!(!duration.is_zero(), "max value must be greater than 0");
        self.max = duration;
        self
    }

    /// The histogram, if it has no more than so many buckets.
    ///
    /// # Errors
    ///
    /// If it has more.
    pub fn max_buckets(
        &mut self,
        max_buckets: usize,
    ) -> Result<LogHistogram, InvalidHistogramConfiguration> {
        let histogram = self.build();
        let required_bucket_count = histogram.num_buckets();
        if required_bucket_count > max_buckets {
            return Err(InvalidHistogramConfiguration::TooManyBuckets { required_bucket_count });
        }
        Ok(histogram)
    }

    /// The histogram.
    pub fn build(&self) -> LogHistogram {
        let nanos = |time: Duration| time.as_nanos().clamp(1, MAX_BOUND.into()) as u64;
        let (min, max, precision) = (nanos(self.min), nanos(self.max), self.precision);
        let first = number(min, precision);
        let below = number(max, precision);
        let last = below + u64::from(bound(below, precision) < max);
        LogHistogram { precision, first, end: last.max(first) + 1 }
    }
}

impl From<LogHistogramBuilder> for LogHistogram {
    fn from(builder: LogHistogramBuilder) -> Self {
        builder.build()
    }
}

/// Why there is no [`LogHistogram`].
#[derive(Debug, thiserror::Error)]
pub enum InvalidHistogramConfiguration {
    /// It has more buckets than it may have.
    #[error("the histogram needs {required_bucket_count} buckets, which is more than it may have")]
    TooManyBuckets {
        /// How many it has.
        required_bucket_count: usize,
    },
}

/// The number of the last bound that is not above a time, which is at least 1.
fn number(nanos: u64, precision: u32) -> u64 {
    let doublings = nanos.ilog2().saturating_sub(precision);
    (u64::from(doublings) << precision) + (nanos >> doublings)
}

/// The bound of a number.
fn bound(number: u64, precision: u32) -> u64 {
    let doublings = (number >> precision).saturating_sub(1);
    (number - (doublings << precision)) << doublings
}
