//! What is known about tasks of one kind.

use super::SizeTrend;

/// From so many run times on the oldest ones count less and less.
const MEMORY: u64 = 16;

/// The run times of tasks of one kind, in seconds: an exponentially weighted mean and variance.
///
/// The first 16 count alike; later each new one has a weight of one sixteenth, so that the figures
/// follow a kind that changes (T. Finch, "Incremental calculation of weighted mean and variance",
/// University of Cambridge, 2009). A plain value: the fields are all there is to keep.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::KindHistory;
///
/// let mut align = KindHistory::default();
/// align.observe(2.0);
/// align.observe(4.0);
/// assert_eq!((align.samples, align.mean_s, align.variance_s2), (2, 3.0, 1.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct KindHistory {
    /// How many run times have been seen.
    pub samples: u64,
    /// Their weighted mean, in seconds.
    pub mean_s: f64,
    /// Their weighted variance, in seconds squared.
    pub variance_s2: f64,
    /// What tasks of the kind are estimated at, in seconds. It follows the mean in steps of more
    /// than a tenth.
    pub estimate_s: f64,
    /// How run times follow the sizes of inputs, as far as these are known.
    pub trend: SizeTrend,
}

impl KindHistory {
    /// Adds a run time, in seconds. One that is negative or no number is taken as 0.
    pub fn observe(&mut self, seconds: f64) {
        let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
        self.samples = self.samples.saturating_add(1);
        let weight = 1.0 / self.samples.min(MEMORY) as f64;
        let difference = seconds - self.mean_s;
        self.mean_s += weight * difference;
        self.variance_s2 = (1.0 - weight) * (self.variance_s2 + weight * difference * difference);
    }

    /// The standard deviation, in seconds.
    pub fn deviation_s(&self) -> f64 {
        self.variance_s2.max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::KindHistory;
    use proptest::prelude::*;

    #[test]
    fn the_figures_follow_a_kind_that_changes() {
        let mut kind = KindHistory::default();
        (0..1000).for_each(|_| kind.observe(1.0));
        (0..100).for_each(|_| kind.observe(9.0));
        assert!((kind.mean_s - 9.0).abs() < 0.1, "{kind:?}");
        assert!(kind.deviation_s() < 1.0, "{kind:?}");
    }

    #[test]
    fn nonsense_is_nothing() {
        let mut kind = KindHistory::default();
        [f64::NAN, -1.0, f64::INFINITY].into_iter().for_each(|seconds| kind.observe(seconds));
        assert_eq!((kind.mean_s, kind.variance_s2), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn the_first_run_times_count_alike(times in prop::collection::vec(0.0..1e6, 1..=16)) {
            let mut kind = KindHistory::default();
            times.iter().for_each(|&seconds| kind.observe(seconds));
            let n = times.len() as f64;
            let mean = times.iter().sum::<f64>() / n;
            let variance = times.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / n;
            prop_assert!((kind.mean_s - mean).abs() <= 1e-9 * (1.0 + mean));
            prop_assert!((kind.variance_s2 - variance).abs() <= 1e-6 * (1.0 + variance));
        }
    }
}
