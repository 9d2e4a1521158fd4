//! How run times follow the sizes of inputs.

use std::time::Duration;

/// From so many run times on the oldest ones count less and less.
const MEMORY: u64 = 64;
/// Fewer run times say nothing about a trend.
const SAMPLES_MIN: u64 = 8;
/// Sizes that are closer together (a standard deviation of 5 %) say nothing either.
const VARIANCE_MIN: f64 = 0.0025;
/// A size further from the mean than so many standard deviations is taken for one that is as far:
/// nobody knows how a trend goes on.
const REACH: f64 = 3.0;
/// The shortest time that has a logarithm worth taking.
const SECONDS_MIN: f64 = 1e-9;

/// A power law between input sizes and run times: least squares on their logarithms, kept up to
/// date by weighted means, variances and a covariance (T. Finch, "Incremental calculation of
/// weighted mean and variance", University of Cambridge, 2009).
///
/// It is believed only if the exponent differs from zero by Student's t-test at the level of 1 %,
/// after at least 8 run times; and only as far as sizes have been seen, give or take: sizes beyond
/// three standard deviations are taken for that. That the run times of workflow tasks follow their
/// input sizes, if that is tested first: R. F. da Silva et al., "Online task resource consumption
/// prediction for scientific workflows", Parallel Processing Letters 25(3), 2015.
///
/// A plain value: the fields are all there is to keep. O(1) for everything.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::SizeTrend;
///
/// let mut trend = SizeTrend::default();
/// for megabytes in [1_u64, 2, 3, 5, 8, 13, 21, 34] {
///     // A second for each megabyte, more or less.
///     let noise = if megabytes % 2 == 0 { 1.1 } else { 0.9 };
///     trend.observe(megabytes << 20, megabytes as f64 * noise);
/// }
/// let ten = trend.estimate(10 << 20).expect("it is significant").as_secs_f64();
/// assert!((9.0..11.0).contains(&ten));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct SizeTrend {
    /// How many run times with a size have been seen.
    pub samples: u64,
    /// The weighted mean of the logarithms of the sizes, in bytes.
    pub mean_log_size: f64,
    /// The weighted mean of the logarithms of the run times, in seconds.
    pub mean_log_time: f64,
    /// The weighted variance of the logarithms of the sizes.
    pub variance_size: f64,
    /// The weighted variance of the logarithms of the run times.
    pub variance_time: f64,
    /// Their weighted covariance.
    pub covariance: f64,
    /// The exponent that estimates went by when they last moved; 0 is none.
    pub exponent_used: f64,
}

impl SizeTrend {
    /// Adds a run time, in seconds, of a task with so many bytes of input. A time that is negative
    /// or no number is taken as the shortest there is, no input as one byte.
    pub fn observe(&mut self, bytes: u64, seconds: f64) {
        self.samples = self.samples.saturating_add(1);
        let weight = 1.0 / self.samples.min(MEMORY) as f64;
        let size = log_size(bytes) - self.mean_log_size;
        let time = log_time(seconds) - self.mean_log_time;
        self.mean_log_size += weight * size;
        self.mean_log_time += weight * time;
        let blend = |before: f64, product: f64| (1.0 - weight) * (before + weight * product);
        self.variance_size = blend(self.variance_size, size * size);
        self.variance_time = blend(self.variance_time, time * time);
        self.covariance = blend(self.covariance, size * time);
    }

    /// By which power of the size run times grow; `None` if that is not significant.
    pub fn exponent(&self) -> Option<f64> {
        if self.samples < SAMPLES_MIN || self.variance_size.is_nan() {
            return None;
        }
        let exponent = self.covariance / self.variance_size.max(VARIANCE_MIN);
        let freedom = (self.samples.min(MEMORY) - 2) as f64;
        let explained = exponent * self.covariance;
        // The square of Student's t, with what both sides are divided by multiplied out.
        let is_significant =
            explained * freedom > (self.variance_time - explained) * critical(freedom).powi(2);
        (is_significant && self.variance_size >= VARIANCE_MIN).then_some(exponent)
    }

    /// How long a task with so many bytes of input is likely to take, if the trend is significant:
    /// the mean of what is distributed around the power law.
    pub fn estimate(&self, bytes: u64) -> Option<Duration> {
        let exponent = self.exponent()?;
        let reach = REACH * self.variance_size.sqrt();
        let distance = (log_size(bytes) - self.mean_log_size).clamp(-reach, reach);
        let left = (self.variance_time - exponent * self.covariance).max(0.0);
        let log = self.mean_log_time + exponent * distance + left / 2.0;
        Duration::try_from_secs_f64(log.exp()).ok()
    }

    /// Whether the trend has changed so much that estimates at one standard deviation from the mean
    /// size are off by more than `most`, a part of one; if so they go by the new trend from now on.
    pub(super) fn moves(&mut self, most: f64) -> bool {
        let exponent = self.exponent().unwrap_or(0.0);
        let change = (exponent - self.exponent_used).abs() * self.variance_size.max(0.0).sqrt();
        let has_moved = change > most.ln_1p();
        if has_moved {
            self.exponent_used = exponent;
        }
        has_moved
    }
}

fn log_size(bytes: u64) -> f64 {
    (bytes.max(1) as f64).ln()
}

fn log_time(seconds: f64) -> f64 {
    if seconds.is_finite() { seconds.max(SECONDS_MIN).ln() } else { SECONDS_MIN.ln() }
}

/// What Student's t stays below in 99 of 100 cases if there is no trend, on both sides together:
/// the normal distribution's value and a term that is right for 6 degrees of freedom and at most
/// 3 % too large for more.
fn critical(freedom: f64) -> f64 {
    2.576 + 6.8 / freedom
}

#[cfg(test)]
mod tests {
    use super::{SizeTrend, critical};
    use primitives::rng::Rng;
    use proptest::prelude::*;

    /// Sizes and times whose logarithms are `slope` times each other, plus noise up to `noise`.
    fn trend(seed: u64, samples: usize, slope: f64, noise: f64) -> SizeTrend {
        let mut rng = Rng::new(seed);
        let mut trend = SizeTrend::default();
        for _ in 0..samples {
            let size = 10.0 + 5.0 * rng.unit();
            let time = slope * (size - 12.0) + noise * (2.0 * rng.unit() - 1.0);
            trend.observe(size.exp() as u64, time.exp());
        }
        trend
    }

    #[test]
    fn the_critical_value_is_that_of_the_tables() {
        let table = [(6.0, 3.707), (10.0, 3.169), (20.0, 2.845), (30.0, 2.750), (62.0, 2.657)];
        for (freedom, exact) in table {
            let ratio = critical(freedom) / exact;
            assert!((0.999..1.035).contains(&ratio), "{freedom}: {ratio}");
        }
    }

    #[test]
    fn run_times_without_a_trend_seldom_show_one() {
        let seen = (0..2_000).filter(|&seed| trend(seed, 20, 0.0, 1.0).exponent().is_some());
        assert!(seen.count() <= 40, "1 % are expected");
    }

    #[test]
    fn too_little_says_nothing() {
        assert_eq!(trend(1, 7, 1.0, 0.0).exponent(), None);
        let mut same = SizeTrend::default();
        (1..50).for_each(|n| same.observe(1_000, f64::from(n)));
        assert_eq!(same.estimate(1_000), None, "one size only");
        let broken = SizeTrend { samples: 99, variance_size: f64::NAN, ..same };
        assert_eq!(broken.estimate(1), None);
        let mut nonsense = SizeTrend::default();
        (0..20).for_each(|n| nonsense.observe(n, f64::NAN));
        assert_eq!(nonsense.exponent(), None);
    }

    #[test]
    fn nobody_guesses_far_beyond_what_was_seen() {
        let trend = trend(3, 64, 1.0, 0.1);
        let far = trend.estimate(u64::MAX).unwrap().as_secs_f64();
        assert!(far < (3.0_f64 * 1.6).exp() * 1.5, "{far}");
    }

    proptest! {
        #[test]
        fn the_figures_are_those_of_least_squares(
            points in prop::collection::vec((1..1_000_000_u64, 1e-3..1e3_f64), 8..64),
        ) {
            let mut trend = SizeTrend::default();
            points.iter().for_each(|&(bytes, seconds)| trend.observe(bytes, seconds));
            let logs: Vec<_> = points.iter().map(|&(x, y)| ((x as f64).ln(), y.ln())).collect();
            let n = logs.len() as f64;
            let (mx, my) = (logs.iter().map(|p| p.0).sum::<f64>() / n,
                            logs.iter().map(|p| p.1).sum::<f64>() / n);
            let covariance = logs.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>() / n;
            let variance = logs.iter().map(|p| (p.0 - mx).powi(2)).sum::<f64>() / n;
            prop_assert!((trend.covariance - covariance).abs() < 1e-9);
            prop_assert!((trend.variance_size - variance).abs() < 1e-9);
            if let Some(exponent) = trend.exponent() {
                prop_assert!((exponent - covariance / variance).abs() < 1e-6);
            }
        }

        #[test]
        fn a_clear_trend_is_found(seed in any::<u64>(), slope in 0.3..2.0_f64) {
            let found = trend(seed, 40, slope, 0.3).exponent();
            prop_assert!(found.is_some_and(|it| (it - slope).abs() < 0.2), "{found:?}");
        }
    }
}
