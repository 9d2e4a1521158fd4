//! Waiting for a moment.

use super::entry::Entry;
use super::{Duration, Instant};
use crate::runtime::Handle;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits until `duration` has passed. More than a century is taken for a century.
///
/// # Cancel safety
///
/// Dropping the future cancels the timer.
///
/// # Panics
///
/// Outside a runtime. Polling it after its runtime was shut down panics as well.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// use graph_runtime::time::{Duration, Instant, sleep};
///
/// let start = Instant::now();
/// sleep(Duration::from_micros(200)).await;
/// assert!(start.elapsed() >= Duration::from_micros(200));
/// # }
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    Sleep { entry: Entry::after(Handle::current(), duration) }
}

/// Waits until `deadline`. One in the past is reached at once.
///
/// # Panics
///
/// As [`sleep`].
#[track_caller]
pub fn sleep_until(deadline: Instant) -> Sleep {
    let handle = Handle::current();
    let deadline = handle.shared().seams.clock.timestamp(deadline.into_std());
    Sleep { entry: Entry::at(handle, deadline) }
}

/// The future of [`sleep`] and [`sleep_until`].
#[derive(Debug)]
#[must_use = "a sleep does nothing unless it is awaited"]
pub struct Sleep {
    entry: Entry,
}

impl Sleep {
    /// When it will be over.
    pub fn deadline(&self) -> Instant {
        let clock = &self.entry.handle().shared().seams.clock;
        Instant::from_std(clock.instant(self.entry.deadline()))
    }

    /// Whether the deadline has passed since it was first polled. Before that it has not.
    pub fn is_elapsed(&self) -> bool {
        self.entry.is_elapsed()
    }

    /// Sets another deadline, also after the first one has passed. The next poll waits for it.
    pub fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        let deadline = self.entry.handle().shared().seams.clock.timestamp(deadline.into_std());
        self.entry.reset(deadline);
    }

    /// The moment it is, on the clock that the deadline is on.
    pub(super) fn now(&self) -> Instant {
        let clock = &self.entry.handle().shared().seams.clock;
        Instant::from_std(clock.instant(clock.now()))
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.entry.poll_elapsed(context)
    }
}
