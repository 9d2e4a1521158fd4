//! Figures of lists of times.

use std::time::Duration;

/// The smallest time that `percent` per cent of all are not above (the nearest-rank method); zero
/// if there are none. The times must be sorted.
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// The largest time divided by the mean; 1 if all are zero, or if there are none.
pub(crate) fn imbalance(times: &[Duration]) -> f64 {
    let sum: Duration = times.iter().sum();
    let most = times.iter().max().copied().unwrap_or_default();
    if sum.is_zero() { 1.0 } else { most.as_secs_f64() * times.len() as f64 / sum.as_secs_f64() }
}
