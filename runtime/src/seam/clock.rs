//! Telling the time.

use primitives::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The clock of one runtime: the machine's monotonic clock, or one that the caller supplies.
///
/// Inside the runtime time is a [`Timestamp`], nanoseconds since some moment before the clock was
/// made. Users see [`Instant`]s; a supplied clock's are as far apart as its timestamps say.
///
/// # Examples
///
/// ```
/// use graph_runtime::seam::Clock;
/// use graph_runtime::Timestamp;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::time::Duration;
///
/// let nanos = Arc::new(AtomicU64::new(0));
/// let clock = Clock::supplied({
///     let nanos = Arc::clone(&nanos);
///     move || Timestamp::from_nanos(nanos.load(Ordering::Relaxed))
/// });
/// let start = clock.instant(clock.now());
/// nanos.store(1_000, Ordering::Relaxed);
/// assert_eq!(clock.instant(clock.now()) - start, Duration::from_micros(1));
/// ```
#[derive(Clone)]
pub struct Clock {
    origin: Instant,
    source: Source,
}

#[derive(Clone)]
enum Source {
    Machine,
    Supplied(Arc<dyn Fn() -> Timestamp + Send + Sync>),
}

impl Default for Clock {
    fn default() -> Self {
        Self { origin: some_time_ago(), source: Source::Machine }
    }
}

/// An instant before which nobody is likely to refer to: yesterday, or as far back as the
/// machine's clock goes. Schedules may begin before the runtime did.
fn some_time_ago() -> Instant {
    let now = Instant::now();
    let day = Duration::from_secs(24 * 60 * 60);
    (0..20).find_map(|halvings| now.checked_sub(day / (1 << halvings))).unwrap_or(now)
}

impl Clock {
    /// A clock that shows what `now` returns, which must never run backwards.
    pub fn supplied(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { origin: Instant::now(), source: Source::Supplied(Arc::new(now)) }
    }

    /// The time.
    #[inline]
    pub fn now(&self) -> Timestamp {
        match &self.source {
            Source::Machine => self.timestamp(Instant::now()),
            Source::Supplied(now) => now(),
        }
    }

    /// The timestamp of an instant; one before the clock's origin is the origin.
    #[inline]
    pub fn timestamp(&self, instant: Instant) -> Timestamp {
        Timestamp::ZERO + instant.saturating_duration_since(self.origin)
    }

    /// The instant of a timestamp, or a moment centuries away if that cannot be represented.
    pub fn instant(&self, timestamp: Timestamp) -> Instant {
        let far = Duration::from_secs(60 * 60 * 24 * 365 * 100);
        let offset = timestamp - Timestamp::ZERO;
        self.origin.checked_add(offset).unwrap_or_else(|| self.origin + far)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.now()).finish()
    }
}
