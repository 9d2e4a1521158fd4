//! A blocking closure, dressed up as a task.

use super::BlockingPool;
use crate::task::{End, RawTask, Runnable, Schedule};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that calls its closure when it is polled for the first time, and never waits.
pub(super) struct BlockingTask<F>(Option<F>);

impl<F> Unpin for BlockingTask<F> {}

impl<F> BlockingTask<F> {
    pub(super) fn new(closure: F) -> Self {
        Self(Some(closure))
    }
}

impl<F: FnOnce() -> R, R> Future for BlockingTask<F> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R> {
        let closure = self.0.take().expect("a blocking task is polled once");
        Poll::Ready(closure())
    }
}

impl Schedule for BlockingPool {
    /// Not reached by the pool's own tasks, which are queued when they are made and end with
    /// their first poll.
    fn schedule(&self, runnable: Runnable) {
        self.push_again(runnable);
    }

    fn retire(&self, _: RawTask, _: End) {}
}
