//! Running a workload for long enough.

use std::time::{Duration, Instant};

/// How long the repetitions of one sample take at least. /proc/stat counts in hundredths of a
/// second, so much shorter samples could not tell a disturbance of a tenth.
pub const MINIMUM: Duration = Duration::from_millis(400);

/// Runs `once` to warm up, then again and again until [`MINIMUM`] has passed, and gives the mean
/// time per item in nanoseconds. `once` handles `items` items and says how long they took.
pub fn mean_ns(items: u64, mut once: impl FnMut() -> Duration) -> f64 {
    once();
    let (start, mut total, mut repetitions) = (Instant::now(), Duration::ZERO, 0);
    while start.elapsed() < MINIMUM {
        total += once();
        repetitions += 1;
    }
    total.as_nanos() as f64 / (items * repetitions) as f64
}
