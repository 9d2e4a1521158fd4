//! How long a shutdown waits.

use std::time::{Duration, Instant};

/// What a shutdown does about threads that have not ended yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Waits for all of them.
    Forever,
    /// Waits until then, and leaves the rest to themselves.
    Until(Instant),
    /// Leaves them to themselves.
    Not,
}

impl Wait {
    /// Waiting for `duration`. The machine's time: what is waited for are its threads.
    pub(super) fn at_most(duration: Duration) -> Self {
        if duration.is_zero() {
            return Self::Not;
        }
        Instant::now().checked_add(duration).map_or(Self::Forever, Self::Until)
    }
}
