//! What counts as a task.

use super::TaskTracker;
use pin_project_lite::pin_project;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Counts as a task of a [`TaskTracker`] until it is dropped, as do its clones, each for itself.
#[must_use = "it counts only until it is dropped"]
pub struct TaskTrackerToken {
    tracker: TaskTracker,
}

impl TaskTrackerToken {
    pub(super) fn new(tracker: TaskTracker) -> Self {
        tracker.shared.begin();
        Self { tracker }
    }

    /// The tracker by which it is counted.
    pub fn task_tracker(&self) -> &TaskTracker {
        &self.tracker
    }
}

/// One more task.
impl Clone for TaskTrackerToken {
    fn clone(&self) -> Self {
        Self::new(self.tracker.clone())
    }
}

impl Drop for TaskTrackerToken {
    fn drop(&mut self) {
        self.tracker.shared.end();
    }
}

impl fmt::Debug for TaskTrackerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskTrackerToken").field("tracker", &self.tracker).finish()
    }
}

pin_project! {
    /// A future that counts as a task until it is dropped; made by [`TaskTracker::track_future`].
    #[must_use = "futures do nothing unless polled"]
    pub struct TrackedFuture<F> {
        // In this order: what the future does when it is dropped is done before it is not counted
        // any more.
        #[pin]
        future: F,
        token: TaskTrackerToken,
    }
}

impl<F> TrackedFuture<F> {
    pub(super) fn new(future: F, token: TaskTrackerToken) -> Self {
        Self { future, token }
    }
}

impl<F: Future> Future for TrackedFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(context)
    }
}

impl<F: fmt::Debug> fmt::Debug for TrackedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackedFuture")
            .field("future", &self.future)
            .field("tracker", self.token.task_tracker())
            .finish()
    }
}
