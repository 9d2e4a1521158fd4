//! Waiting until nothing is left to do.

use crate::executor::inner::Inner;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Ready when no task waits or runs.
pub(in crate::executor) struct Idle<'a> {
    inner: &'a Inner,
    /// The place of its waker, once it has waited.
    place: Option<usize>,
}

impl<'a> Idle<'a> {
    pub(in crate::executor) fn new(inner: &'a Inner) -> Self {
        Self { inner, place: None }
    }
}

impl Future for Idle<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let waker = context.waker().clone();
        let mut core = this.inner.core.lock();
        if core.is_idle() {
            drop(core);
            return Poll::Ready(());
        }
        let before = core.idle.keep(&mut this.place, waker);
        drop(core);
        drop(before);
        Poll::Pending
    }
}

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            let waker = self.inner.core.lock().idle.leave(place);
            drop(waker);
        }
    }
}
