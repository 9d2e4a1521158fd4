//! Throughput at one limit, and whether it differs from that at another.

/// Windows that count: from there on the oldest count less and less.
const MEMORY: u32 = 8;
/// What windows at one limit are taken to differ by before anything is known, as a share.
const NOISE_START: f64 = 0.1;
/// The least, and the most, that they are taken to differ by.
const NOISE_MIN: f64 = 0.01;
const NOISE_MAX: f64 = 0.5;
/// Differences that count: from there on the oldest count less and less. What was assumed before
/// counts as four.
const NOISE_MEMORY: u32 = 32;
const NOISE_PRIOR: u32 = 4;

/// The throughput of windows at one limit: the mean of its logarithm, since limits, and what they
/// do, differ by factors.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trial {
    windows: u32,
    mean: f64,
}

impl Trial {
    /// Adds a window, by the logarithm of its throughput.
    pub(super) fn push(&mut self, log_throughput: f64) {
        self.windows = (self.windows + 1).min(MEMORY);
        self.mean += (log_throughput - self.mean) / f64::from(self.windows);
    }

    pub(super) fn windows(&self) -> u32 {
        self.windows
    }

    /// The mean of the logarithms.
    pub(super) fn mean(&self) -> f64 {
        self.mean
    }
}

/// How much windows differ although nothing has changed: the standard deviation of the logarithm
/// of their throughput.
///
/// From the differences of neighbours (J. von Neumann, "Distribution of the ratio of the mean
/// square successive difference to the variance", Annals of Mathematical Statistics 12, 1941),
/// which a slow drift leaves alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise {
    differences: u32,
    variance: f64,
}

impl Noise {
    pub(super) fn new() -> Self {
        Self { differences: NOISE_PRIOR, variance: NOISE_START * NOISE_START }
    }

    /// Two neighbouring windows at one limit have differed by so much.
    pub(super) fn observe(&mut self, difference: f64) {
        let difference = difference.clamp(-NOISE_MAX, NOISE_MAX);
        self.differences = (self.differences + 1).min(NOISE_MEMORY);
        let weight = 1.0 / f64::from(self.differences);
        self.variance += weight * (difference * difference / 2.0 - self.variance);
    }

    pub(super) fn deviation(&self) -> f64 {
        self.variance.sqrt().clamp(NOISE_MIN, NOISE_MAX)
    }

    /// The standard error of the difference of two trials' means.
    pub(super) fn error(&self, one: &Trial, other: &Trial) -> f64 {
        let inverse = |trial: &Trial| 1.0 / f64::from(trial.windows.max(1));
        self.deviation() * (inverse(one) + inverse(other)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::{Noise, Trial};
    use primitives::rng::Rng;

    #[test]
    fn noise_is_found_whatever_the_drift() {
        let (mut noise, mut rng, mut before) = (Noise::new(), Rng::new(1), 0.0);
        for window in 0..400 {
            // Uniform on [-0.1, 0.1): a deviation of 0.058.
            let value = 0.2 * rng.unit() - 0.1 + 0.01 * f64::from(window);
            noise.observe(value - before);
            before = value;
        }
        assert!((0.04..0.08).contains(&noise.deviation()), "{noise:?}");
    }

    #[test]
    fn a_trial_is_the_mean_at_first_and_follows_later() {
        let mut trial = Trial::default();
        [1.0, 2.0, 3.0].into_iter().for_each(|value| trial.push(value));
        assert_eq!((trial.mean(), trial.windows()), (2.0, 3));
        (0..100).for_each(|_| trial.push(9.0));
        assert!((trial.mean() - 9.0).abs() < 0.01);
    }
}
