//! Waiting again and again.

use super::{Duration, Instant, MissedTickBehavior, Sleep, sleep, sleep_until};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Ticks at once, and then every `period`.
///
/// What happens if ticks come late is up to its [`MissedTickBehavior`].
///
/// # Panics
///
/// If `period` is zero, and outside a runtime.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// use graph_runtime::time::{Duration, interval};
///
/// let mut interval = interval(Duration::from_micros(500));
/// let first = interval.tick().await;
/// let third = { interval.tick().await; interval.tick().await };
/// assert_eq!(third - first, Duration::from_millis(1));
/// # }
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(sleep(Duration::ZERO).deadline(), period)
}

/// Ticks at `start`, and then every `period`.
///
/// # Panics
///
/// If `period` is zero, and outside a runtime.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(!period.is_zero(), "the period of an interval must not be zero");
    Interval { sleep: sleep_until(start), period, missed: MissedTickBehavior::default() }
}

/// Ticks periodically. Made by [`interval`] and [`interval_at`].
#[derive(Debug)]
pub struct Interval {
    sleep: Sleep,
    period: Duration,
    missed: MissedTickBehavior,
}

impl Interval {
    /// Waits for the next tick; returns the moment it was due.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no tick.
    pub async fn tick(&mut self) -> Instant {
        std::future::poll_fn(|context| self.poll_tick(context)).await
    }

    /// Ready with the moment the tick was due, once that has passed.
    pub fn poll_tick(&mut self, context: &mut Context<'_>) -> Poll<Instant> {
        if Pin::new(&mut self.sleep).poll(context).is_pending() {
            return Poll::Pending;
        }
        let due = self.sleep.deadline();
        let next = self.missed.next(due, self.sleep.now(), self.period);
        Pin::new(&mut self.sleep).reset(next);
        Poll::Ready(due)
    }

    /// The time between two ticks.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// What happens to ticks that come late.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Chooses what happens to ticks that come late. The default is to catch up.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }

    /// Starts over: the next tick comes one period from now.
    pub fn reset(&mut self) {
        self.reset_after(self.period);
    }

    /// The next tick comes at once, and the one after it a period from now.
    pub fn reset_immediately(&mut self) {
        self.reset_after(Duration::ZERO);
    }

    /// The next tick comes after `after`, and the others periodically from there on.
    pub fn reset_after(&mut self, after: Duration) {
        self.reset_at(self.sleep.now().later(after));
    }

    /// The next tick comes at `deadline`, and the others periodically from there on.
    pub fn reset_at(&mut self, deadline: Instant) {
        Pin::new(&mut self.sleep).reset(deadline);
    }
}
