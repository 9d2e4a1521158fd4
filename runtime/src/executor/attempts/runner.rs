//! Attempts, one after the other, as a task of the runtime.

use super::attempt::Attempt;
use super::roster::Entry;
use super::start::Start;
use crate::executor::books::record::Outcome;
use crate::executor::core::Seat;
use crate::executor::inner::Inner;
use crate::task;
use crate::worker::Local;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// How many attempts one poll may end before it makes way for others: the worker looks at timers
/// and I/O between polls, so these must not become long or many.
const ATTEMPTS_PER_POLL: u32 = 32;

/// A poll that has taken longer begins no further attempt.
const POLL_TIME_MAX: Duration = Duration::from_micros(100);

/// Runs an attempt, and when that has ended the next of those that the scheduler has started, in
/// its place: on the worker that has the data, without a queue and without waking anybody.
///
/// ```text
///                 ┌───────────── ended, another has been started ───────┐
///                 ▼                                                     │
///   spawned ──► poll the attempt ── ended, the poll was long ──► another runner, queued
///                 │        │
///          pending│        └─ ended, none waits, or the crew is too large ──► over
///                 ▼
///      leaves the [crew](super::crew), and waits for the attempt's waker
/// ```
///
/// Attempts wait for runners in the order in which the scheduler has started them.
pub(in crate::executor) struct Runner {
    inner: Arc<Inner>,
    /// `None` when it is over.
    attempt: Option<Attempt>,
    /// Whether it is one of the crew.
    is_counted: bool,
    entry: Entry,
}

impl Runner {
    /// A new one of the crew, for what the scheduler has started.
    #[track_caller]
    pub(in crate::executor) fn start(inner: &Arc<Inner>, start: Start) {
        let (runner, site) = (Self::new(inner, Attempt::new(start)), Location::caller());
        drop(inner.handle.shared().spawn_to(runner, site, Local::push_offered));
    }

    fn new(inner: &Arc<Inner>, attempt: Attempt) -> Self {
        let (inner, entry) = (Arc::clone(inner), Entry::default());
        Self { inner, attempt: Some(attempt), is_counted: true, entry }
    }
}

impl Future for Runner {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { inner, attempt: place, is_counted, entry } = self.get_mut();
        let (worker, runner) = (inner.worker(), task::id());
        let desk = inner.roster.sit_down(worker, runner, entry);
        let (mut begun, mut last) = (None, None);
        for _ in 0..ATTEMPTS_PER_POLL {
            let Some(attempt) = place else { return Poll::Ready(()) };
            match &desk {
                Some(desk) => desk.note(attempt.task()),
                None => entry.make(&inner.roster, runner, attempt.task()),
            }
            // One reading of the clock ends an attempt and begins the next.
            let is_first = last.is_none();
            let now = || last.take().unwrap_or_else(|| inner.now());
            let Poll::Ready(outcome) = attempt.poll(inner, worker, now, context) else {
                entry.make(&inner.roster, runner, attempt.task());
                // It leaves the worker to others.
                if std::mem::take(is_counted) {
                    inner.step(|core, _| core.leave_crew());
                }
                return Poll::Pending;
            };
            let (is_counted_now, graph) = (*is_counted, attempt.graph());
            let seat =
                Seat { is_counted: is_counted_now, takes_next: true, is_first, worker, graph };
            let (now, next) = attempt.finish(inner, outcome, seat);
            entry.strike(&inner.roster);
            *is_counted = next.is_some();
            match next {
                Some(next) => attempt.go_on(next),
                None => *place = None,
            }
            last = Some(now);
            if now - *begun.get_or_insert(now) > POLL_TIME_MAX {
                break;
            }
        }
        if let Some(attempt) = place.take() {
            let runner = Self::new(inner, attempt);
            drop(inner.handle.shared().spawn_to(runner, Location::caller(), Local::push_next));
        }
        Poll::Ready(())
    }
}

impl Drop for Runner {
    /// The runtime has shut down. Whatever may start now gets a runner, and goes the same way.
    fn drop(&mut self) {
        if let Some(mut attempt) = self.attempt.take() {
            let (worker, graph) = (self.inner.worker(), attempt.graph());
            let is_counted = self.is_counted;
            let seat = Seat { is_counted, takes_next: false, is_first: false, worker, graph };
            let (_, next) = attempt.finish(&self.inner, Outcome::Cancelled, seat);
            debug_assert!(next.is_none(), "not asked for");
            self.entry.strike(&self.inner.roster);
        }
    }
}
