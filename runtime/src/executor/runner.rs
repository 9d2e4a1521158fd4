//! Attempts, one after the other, as a task of the runtime.

use super::attempt::Attempt;
use super::inner::Inner;
use super::record::{Launch, Outcome};
use scheduler::Dispatch;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// How many attempts one poll may end before it makes way for others: the worker looks at timers
/// and I/O between polls, so these must not become long or many.
const ATTEMPTS_PER_POLL: u32 = 16;

/// A poll that has taken longer begins no further attempt.
const POLL_TIME_MAX: Duration = Duration::from_micros(100);

/// Runs an attempt, and when that has ended the best task that may start then, in its place: on
/// the worker that has the data, without a queue and without waking anybody.
///
/// ```text
///                 ┌───────────── ended, another may start ──────────────┐
///                 ▼                                                     │
///   spawned ──► poll the attempt ── ended, the poll was long ──► another runner, queued
///                 │        │
///          pending│        └─ ended, nothing may start ──► over
///                 ▼
///            wait for its waker
/// ```
///
/// What else may start at the same moment gets runners of its own, so there are never more
/// runners than running tasks.
pub(super) struct Runner {
    inner: Arc<Inner>,
    /// `None` when it is over.
    attempt: Option<Attempt>,
}

impl Runner {
    /// Starts what the scheduler has dispatched.
    #[track_caller]
    pub(super) fn start(inner: &Arc<Inner>, dispatch: Dispatch<Launch>) {
        let (runner, site) = (Self::new(inner, Attempt::new(dispatch)), Location::caller());
        drop(inner.handle.shared().spawn(runner, site));
    }

    fn new(inner: &Arc<Inner>, attempt: Attempt) -> Self {
        Self { inner: Arc::clone(inner), attempt: Some(attempt) }
    }
}

impl Future for Runner {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let (mut begun, mut last) = (None, None);
        for _ in 0..ATTEMPTS_PER_POLL {
            let Some(attempt) = &mut this.attempt else { return Poll::Ready(()) };
            // One reading of the clock ends an attempt and begins the next.
            let now = || last.take().unwrap_or_else(|| this.inner.now());
            let Poll::Ready(outcome) = attempt.poll(&this.inner, now, context) else {
                return Poll::Pending;
            };
            let (now, next) = attempt.finish(&this.inner, outcome, true);
            this.attempt = next.map(Attempt::new);
            last = Some(now);
            if now - *begun.get_or_insert(now) > POLL_TIME_MAX {
                break;
            }
        }
        if let Some(attempt) = this.attempt.take() {
            let runner = Self::new(&this.inner, attempt);
            drop(this.inner.handle.shared().spawn_next(runner, Location::caller()));
        }
        Poll::Ready(())
    }
}

impl Drop for Runner {
    /// The runtime has shut down. Whatever may start now gets a runner, and goes the same way.
    fn drop(&mut self) {
        if let Some(mut attempt) = self.attempt.take() {
            let (_, next) = attempt.finish(&self.inner, Outcome::Cancelled, false);
            debug_assert!(next.is_none(), "not asked for");
        }
    }
}
