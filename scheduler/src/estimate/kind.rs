//! What a history keeps of a kind.

use super::KindHistory;
use std::ops::RangeInclusive;
use std::time::Duration;

/// How many run times of its own weigh as much as everything known about other kinds.
const PRIOR_WEIGHT: f64 = 2.0;
/// An estimate moves when it is off by more than this, so that ranks need not be computed again
/// for every run time.
pub(super) const MOVE_MIN: f64 = 0.1;
/// The logarithms of the most that it may be off downwards and upwards.
const STILL: RangeInclusive<f64> = -0.105_360_515_657_826_3..=0.095_310_179_804_324_87;
/// The shortest time that has a logarithm worth taking.
const SECONDS_MIN: f64 = 1e-9;

/// What is known about a kind, with what follows from it and takes long to compute: one logarithm
/// for each run time, where the definition has two and an exponential.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) history: KindHistory,
    /// What it adds to the sum of the logarithms of the kinds' means; nothing before its first run
    /// time.
    pub(super) log_mean: f64,
    /// The logarithm of its estimate, or of zero if that makes no sense.
    log_estimate: f64,
}

impl Kind {
    /// Stored figures may be anything.
    pub(super) fn new(history: KindHistory) -> Self {
        let log_estimate = history.estimate_s.max(0.0).ln();
        Self { history, log_mean: log_mean(&history), log_estimate }
    }

    /// Adds a run time. By how much [`log_mean`](Self::log_mean) has grown.
    pub(super) fn observe(&mut self, run_time: Duration) -> f64 {
        self.history.observe(run_time.as_secs_f64());
        let before = std::mem::replace(&mut self.log_mean, log_mean(&self.history));
        self.log_mean - before
    }

    /// Has the estimate follow the mean, drawn towards that of all kinds, whose logarithm is
    /// `of_all`. Whether it has moved.
    pub(super) fn follow(&mut self, of_all: f64) -> bool {
        let weight = self.history.samples as f64;
        let fresh = (PRIOR_WEIGHT * of_all + weight * self.log_mean) / (PRIOR_WEIGHT + weight);
        let has_moved = !STILL.contains(&(fresh - self.log_estimate));
        if has_moved {
            (self.log_estimate, self.history.estimate_s) = (fresh, fresh.exp());
        }
        has_moved
    }
}

fn log_mean(known: &KindHistory) -> f64 {
    if known.samples == 0 { 0.0 } else { known.mean_s.max(SECONDS_MIN).ln() }
}

#[cfg(test)]
mod tests {
    use super::{MOVE_MIN, STILL};

    #[test]
    fn an_estimate_stays_while_it_is_off_by_a_tenth_at_most() {
        assert!((STILL.start() - (-MOVE_MIN).ln_1p()).abs() < 1e-15);
        assert!((STILL.end() - MOVE_MIN.ln_1p()).abs() < 1e-15);
    }
}
