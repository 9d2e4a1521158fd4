//! Waiting for a moment: [`sleep`], [`timeout`], [`interval`].
//!
//! A timer belongs to the worker that first polled it, in that worker's own timer wheel; any
//! worker may poll the task. Deadlines are exact to the resolution of the machine's clock: a timer
//! never fires early, and fires late by what the operating system needs to wake a thread, tens of
//! microseconds on an idle machine, and by however long the worker's current poll takes.

mod elapsed;
mod entry;
mod interval;
mod sleep;
mod timeout;

pub use elapsed::Elapsed;
pub use interval::{Interval, MissedTickBehavior, interval, interval_at};
pub use sleep::{Sleep, sleep, sleep_until};
pub use std::time::{Duration, Instant};
pub use timeout::{Timeout, timeout, timeout_at};

/// `instant` plus `duration`, or decades later if that cannot be represented.
fn later(instant: Instant, duration: Duration) -> Instant {
    const DECADES: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
    instant.checked_add(duration).unwrap_or_else(|| instant + DECADES)
}
