//! Telling the time.

use super::pausable::Pausable;
use primitives::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Whether any clock of this process may show something else than the machine's. A plain `std`
/// atomic: it is set before the clock is, and never cleared.
static ANY_DIFFERS: AtomicBool = AtomicBool::new(false);

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
    Pausable(Arc<Pausable>),
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
        note_that_one_differs();
        Self { origin: Instant::now(), source: Source::Supplied(Arc::new(now)) }
    }

    /// The time.
    #[inline]
    pub fn now(&self) -> Timestamp {
        match &self.source {
            Source::Machine => self.machine_now(),
            Source::Pausable(clock) => clock.now(|| self.machine_now()),
            Source::Supplied(now) => now(),
        }
    }

    #[inline]
    fn machine_now(&self) -> Timestamp {
        self.timestamp(Instant::now())
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

/// Stopping the clock, which a current-thread runtime can.
impl Clock {
    /// The same clock, and if it is the machine's one that can be paused.
    pub(crate) fn into_pausable(mut self) -> Self {
        if let Source::Machine = self.source {
            self.source = Source::Pausable(Arc::new(Pausable::new()));
        }
        self
    }

    /// # Errors
    ///
    /// Why it cannot be paused.
    fn pausable(&self) -> Result<&Pausable, &'static str> {
        match &self.source {
            Source::Pausable(clock) => Ok(clock),
            Source::Machine => {
                Err("pausing the time requires the `current_thread` runtime, which \
                                    is the default of `#[test]`: with several workers there is no \
                                    moment at which all of them have nothing to do")
            }
            Source::Supplied(_) => Err("a clock that was supplied through `Seams` goes its own \
                                        way; it cannot be paused, resumed or advanced"),
        }
    }

    /// Stops the clock.
    ///
    /// # Errors
    ///
    /// Why that cannot be done.
    pub(crate) fn pause(&self) -> Result<(), &'static str> {
        let clock = self.pausable()?;
        note_that_one_differs();
        if clock.pause(self.machine_now()) { Ok(()) } else { Err("time is already frozen") }
    }

    /// Lets the clock run on.
    ///
    /// # Errors
    ///
    /// Why that cannot be done.
    pub(crate) fn resume(&self) -> Result<(), &'static str> {
        if self.pausable()?.resume(self.machine_now()) { Ok(()) } else { Err(NOT_FROZEN) }
    }

    /// Sets the clock forward.
    ///
    /// # Errors
    ///
    /// Why that cannot be done.
    pub(crate) fn advance(&self, duration: Duration) -> Result<(), &'static str> {
        if self.pausable()?.advance(duration) { Ok(()) } else { Err(NOT_FROZEN) }
    }

    /// Whether the clock stands still.
    #[inline]
    pub(crate) fn is_paused(&self) -> bool {
        matches!(&self.source, Source::Pausable(clock) if clock.is_paused())
    }

    /// Sets a clock that stands still forward to `time`, unless somebody [holds](Self::hold) it.
    pub(crate) fn skip_to(&self, time: Timestamp) -> bool {
        matches!(&self.source, Source::Pausable(clock) if clock.skip_to(time))
    }

    /// While the result lives, the clock is not set forward to the next timer: somebody works for
    /// the runtime elsewhere. What `released` returns is called when it might be again. `None` for
    /// clocks that never are.
    pub(crate) fn hold(
        &self,
        released: impl FnOnce() -> Box<dyn FnOnce() + Send>,
    ) -> Option<ClockHold> {
        let Source::Pausable(clock) = &self.source else { return None };
        clock.hold();
        Some(ClockHold { clock: Arc::clone(clock), released: Some(released()) })
    }
}

const NOT_FROZEN: &str = "time is not frozen; call `time::pause` before";

/// See [`Clock::hold`].
pub(crate) struct ClockHold {
    clock: Arc<Pausable>,
    released: Option<Box<dyn FnOnce() + Send>>,
}

impl Drop for ClockHold {
    fn drop(&mut self) {
        if self.clock.release()
            && let Some(released) = self.released.take()
        {
            released();
        }
    }
}

fn note_that_one_differs() {
    // ORDERING: Relaxed; whoever knows of such a clock has it from the thread that made it so.
    ANY_DIFFERS.store(true, Ordering::Relaxed);
}

/// Whether the machine's clock may be asked in place of any runtime's.
#[inline]
pub(crate) fn all_show_the_machines_time() -> bool {
    // ORDERING: Relaxed, as above.
    !ANY_DIFFERS.load(Ordering::Relaxed)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.now()).finish()
    }
}
