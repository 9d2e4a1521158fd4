//! Whom to wake when something is over.

use crate::executor::discard;
use primitives::shim::Mutex;
use std::task::{Context, Poll, Waker};

/// The waker of the one task that waits.
#[derive(Debug, Default)]
pub(in crate::executor) struct Joiner(Mutex<Option<Waker>>);

impl Joiner {
    /// Ready once `is_over`; until then the waker is kept, in the place of an earlier one.
    ///
    /// The condition is looked at again under the lock that [`wake`](Self::wake) takes after it
    /// has come true: either the look sees it, or `wake` sees the waker.
    pub(in crate::executor) fn poll(
        &self,
        context: &Context<'_>,
        is_over: impl Fn() -> bool,
    ) -> Poll<()> {
        if is_over() {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        let mut kept = self.0.lock();
        if is_over() {
            drop(kept);
            return Poll::Ready(());
        }
        let before = kept.replace(waker);
        drop(kept);
        drop(before);
        Poll::Pending
    }

    /// It is over.
    pub(in crate::executor) fn wake(&self) {
        let waker = self.0.lock().take();
        if let Some(waker) = waker {
            discard::wake(waker);
        }
    }
}
