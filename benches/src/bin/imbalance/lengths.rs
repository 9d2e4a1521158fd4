//! How long the tasks are.

use primitives::rng::Rng;
use std::time::Duration;

/// The mean task.
const MEAN: Duration = Duration::from_micros(200);

/// The longest, in means. Beyond 10 ms a worker would count as stuck, and be replaced.
const LONGEST: f64 = 50.0;

/// The exponent of the heavy tail: the mean is finite, the variance is not.
const TAIL: f64 = 1.5;

/// A distribution of task lengths.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lengths {
    /// All are the mean.
    Equal,
    /// Uniform from nothing to twice the mean.
    Random,
    /// Pareto's, cut off.
    HeavyTailed,
}

impl Lengths {
    pub(crate) const ALL: [Self; 3] = [Self::Equal, Self::Random, Self::HeavyTailed];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Random => "random",
            Self::HeavyTailed => "heavy-tailed",
        }
    }

    /// Tasks that take about `total` together.
    pub(crate) fn draw(self, total: Duration, seed: u16) -> Vec<Duration> {
        let mut rng = Rng::new(u64::from(seed) + 1);
        let mut left = total;
        std::iter::from_fn(|| {
            let length = MEAN.mul_f64(self.of_uniform(rng.unit()));
            left = left.checked_sub(length)?;
            Some(length)
        })
        .collect()
    }

    /// In means, from a number that is uniform between 0 and 1.
    fn of_uniform(self, unit: f64) -> f64 {
        match self {
            Self::Equal => 1.0,
            Self::Random => 2.0 * unit,
            Self::HeavyTailed => {
                let least = (TAIL - 1.0) / TAIL;
                (least * (1.0 - unit).powf(-1.0 / TAIL)).min(LONGEST)
            }
        }
    }
}
