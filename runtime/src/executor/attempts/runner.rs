//! Attempts, one after the other, as a task of the runtime.

use super::attempt::Attempt;
use super::roster::{AtDesk, Entry};
use super::start::{Next, Start};
use crate::executor::books::record::Outcome;
use crate::executor::core::Seat;
use crate::executor::inner::Inner;
use crate::task::{self, Id};
use crate::worker::{Local, has_lost_worker};
use primitives::Timestamp;
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
///                 │        │        or has lost its worker
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
        let mut turn = Turn::begin(inner, is_counted, entry);
        for _ in 0..ATTEMPTS_PER_POLL {
            let Some(attempt) = place else { return Poll::Ready(()) };
            turn.note(attempt);
            let Poll::Ready(outcome) = turn.poll(attempt, context) else {
                turn.leave(attempt);
                return Poll::Pending;
            };
            match turn.end(attempt, outcome) {
                Some(next) => attempt.go_on(next),
                None => *place = None,
            }
            if !turn.goes_on() {
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

/// One poll of a runner.
struct Turn<'a> {
    inner: &'a Arc<Inner>,
    id: Id,
    /// The worker that it began on. All attempts that begin in it do so there.
    worker: Option<usize>,
    desk: Option<AtDesk<'a>>,
    is_counted: &'a mut bool,
    entry: &'a mut Entry,
    /// When the first attempt that ended in it had ended.
    since: Option<Timestamp>,
    /// When the last one had: one reading of the clock ends an attempt and begins the next.
    last: Option<Timestamp>,
}

impl<'a> Turn<'a> {
    fn begin(inner: &'a Arc<Inner>, is_counted: &'a mut bool, entry: &'a mut Entry) -> Self {
        let (worker, id) = (inner.worker(), task::id());
        let desk = inner.roster.sit_down(worker, id, entry);
        Self { inner, id, worker, desk, is_counted, entry, since: None, last: None }
    }

    /// For dumps: the runner is at this attempt.
    fn note(&mut self, attempt: &Attempt) {
        match &self.desk {
            Some(desk) => desk.note(attempt.task()),
            None => self.entry.make(&self.inner.roster, self.id, attempt.task()),
        }
    }

    fn poll(&self, attempt: &mut Attempt, context: &mut Context<'_>) -> Poll<Outcome> {
        let now = || self.last.unwrap_or_else(|| self.inner.now());
        attempt.poll(self.inner, self.worker, now, context)
    }

    /// The attempt waits for its waker, and leaves the worker to others.
    fn leave(self, attempt: &Attempt) {
        self.entry.make(&self.inner.roster, self.id, attempt.task());
        if std::mem::take(self.is_counted) {
            self.inner.step(|core, _| core.leave_crew());
        }
    }

    /// The attempt has ended. Returns what the runner goes on with.
    fn end(&mut self, attempt: &mut Attempt, outcome: Outcome) -> Option<Next> {
        let seat = Seat {
            is_counted: *self.is_counted,
            takes_next: true,
            is_first: self.last.is_none(),
            began_on: self.worker,
            graph: attempt.graph(),
        };
        let (now, next) = attempt.finish(self.inner, outcome, seat);
        self.entry.strike(&self.inner.roster);
        *self.is_counted = next.is_some();
        self.since.get_or_insert(now);
        self.last = Some(now);
        next
    }

    /// Whether another attempt may begin in it: it has not been long, and this thread still is the
    /// worker, which it is not if a task has blocked in place for long.
    fn goes_on(&self) -> bool {
        let took = self.since.zip(self.last).map(|(since, last)| last - since);
        took.is_none_or(|took| took <= POLL_TIME_MAX) && !has_lost_worker()
    }
}

impl Drop for Runner {
    /// The runtime has shut down. Whatever may start now gets a runner, and goes the same way.
    fn drop(&mut self) {
        if let Some(mut attempt) = self.attempt.take() {
            let seat = Seat {
                is_counted: self.is_counted,
                takes_next: false,
                is_first: false,
                began_on: self.inner.worker(),
                graph: attempt.graph(),
            };
            let (_, next) = attempt.finish(&self.inner, Outcome::Cancelled, seat);
            debug_assert!(next.is_none(), "not asked for");
            self.entry.strike(&self.inner.roster);
        }
    }
}
