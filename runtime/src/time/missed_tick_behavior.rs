//! Ticks that nobody waited for in time.

use super::{Duration, Instant};

/// A tick that is noticed this much later than it was due counts as on time: tasks do not run at
/// the very moment.
const TOLERANCE: Duration = Duration::from_millis(5);

/// What an [`Interval`](super::Interval) does after a tick that was noticed more than 5 ms late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissedTickBehavior {
    /// Catches up: missed ticks come at once, one after another. The schedule stays.
    #[default]
    Burst,
    /// Starts over: the next tick comes one period after the late one was noticed.
    Delay,
    /// Leaves out what was missed: the next tick comes at the next multiple of the period. The
    /// schedule stays.
    Skip,
}

impl MissedTickBehavior {
    /// The tick after the one that was due at `due` and noticed at `now`.
    pub(super) fn next(self, due: Instant, now: Instant, period: Duration) -> Instant {
        let late = now - due;
        if late <= TOLERANCE {
            return due.later(period);
        }
        match self {
            Self::Burst => due.later(period),
            Self::Delay => now.later(period),
            Self::Skip => {
                let into_period = late.as_nanos() % period.as_nanos();
                // A clock that counts 64 bits of nanoseconds is never further behind than that.
                now.later(period) - Duration::from_nanos(into_period as u64)
            }
        }
    }
}
