//! A moment on the clock that timers go by.

use super::Duration;
use crate::context;
use crate::seam;
use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time;

/// A moment on the current runtime's clock.
///
/// It is a [`std::time::Instant`] that knows of [`pause`](super::pause()): where the clock stands
/// still, so does [`now`](Self::now). Outside a runtime it is the machine's clock. Differences
/// saturate: a moment that is not earlier is no time away.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// use graph_runtime::time::{Duration, Instant, pause, sleep};
///
/// pause();
/// let start = Instant::now();
/// sleep(Duration::from_secs(3600)).await;
/// assert_eq!(start.elapsed(), Duration::from_secs(3600));
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(time::Instant);

impl Instant {
    /// The time.
    #[inline]
    pub fn now() -> Self {
        if seam::all_show_the_machines_time() {
            return Self(time::Instant::now());
        }
        let Ok(handle) = context::current() else { return Self(time::Instant::now()) };
        let clock = &handle.shared().seams.clock;
        let now = Self(clock.instant(clock.now()));
        context::give_back(handle);
        now
    }

    /// The same moment on the machine's clock.
    pub fn from_std(std: time::Instant) -> Self {
        Self(std)
    }

    /// The same moment as the standard library has it.
    pub fn into_std(self) -> time::Instant {
        self.0
    }

    /// The time from `earlier` to this, or none.
    pub fn duration_since(&self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }

    /// The time from `earlier` to this, unless it was later.
    pub fn checked_duration_since(&self, earlier: Self) -> Option<Duration> {
        self.0.checked_duration_since(earlier.0)
    }

    /// The time from `earlier` to this, or none.
    pub fn saturating_duration_since(&self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }

    /// The time that has passed since.
    pub fn elapsed(&self) -> Duration {
        Self::now().duration_since(*self)
    }

    /// The moment `duration` later, if it can be represented.
    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Self)
    }

    /// The moment `duration` earlier, if it can be represented.
    pub fn checked_sub(&self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(duration).map(Self)
    }

    /// The moment `duration` later, or decades later if that cannot be represented.
    pub(super) fn later(self, duration: Duration) -> Self {
        const DECADES: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
        self.checked_add(duration).unwrap_or_else(|| self + DECADES)
    }
}

impl From<time::Instant> for Instant {
    fn from(std: time::Instant) -> Self {
        Self::from_std(std)
    }
}

impl From<Instant> for time::Instant {
    fn from(instant: Instant) -> Self {
        instant.into_std()
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0 + duration)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        self.0 += duration;
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.duration_since(earlier)
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0 - duration)
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        self.0 -= duration;
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
