//! Running a set beside a future.

use super::context::Context;
use super::current;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{self, Poll};

pin_project! {
    /// A future, and the tasks of a set beside it.
    #[must_use = "futures do nothing unless polled"]
    pub(super) struct RunUntil<'a, F> {
        set: &'a Rc<Context>,
        #[pin]
        future: F,
    }
}

impl<'a, F: Future> RunUntil<'a, F> {
    pub(super) fn new(set: &'a Rc<Context>, future: F) -> Self {
        Self { set, future }
    }
}

impl<F: Future> Future for RunUntil<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.set.register(context.waker());
        let polled = current::run(this.set, || match this.future.poll(context) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => Err(this.set.tick()),
        });
        match polled.expect("futures are polled while the thread has its locals") {
            Ok(output) => return Poll::Ready(output),
            Err(true) => context.waker().wake_by_ref(),
            Err(false) => {}
        }
        Poll::Pending
    }
}
