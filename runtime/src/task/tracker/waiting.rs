//! Waiting until no task lives.

use super::Shared;
use crate::sync::futures::Notified;
use pin_project_lite::pin_project;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// Waits until no task of a [`TaskTracker`](super::TaskTracker) lives; made by
    /// [`TaskTracker::wait`](super::TaskTracker::wait).
    #[must_use = "futures do nothing unless polled"]
    pub struct TaskTrackerWaitFuture<'a> {
        #[pin]
        ended: Notified<'a>,
        // Until it is known that the wait is over.
        tracker: Option<&'a Shared>,
    }
}

impl<'a> TaskTrackerWaitFuture<'a> {
    pub(super) fn new(tracker: &'a Shared) -> Self {
        // Before the look: what happens afterwards is told.
        let ended = tracker.ended.notified();
        Self { ended, tracker: Some(tracker).filter(|it| !it.is_closed_and_empty()) }
    }
}

impl Future for TaskTrackerWaitFuture<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let Some(tracker) = *this.tracker else { return Poll::Ready(()) };
        if !tracker.is_closed_and_empty() && this.ended.poll(context).is_pending() {
            return Poll::Pending;
        }
        *this.tracker = None;
        Poll::Ready(())
    }
}

impl fmt::Debug for TaskTrackerWaitFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskTrackerWaitFuture")
            .field("is_over", &self.tracker.is_none())
            .finish_non_exhaustive()
    }
}
