//! Waiting for a signal that is shared.

use super::Notify;
use super::waiting::Waiting;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

pin_project! {
    /// Waits for a [`Notify`] and holds on to it; made by [`Notify::notified_owned`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled or enabled"]
    pub struct OwnedNotified {
        #[pin]
        waiting: Waiting<Arc<Notify>>,
    }
}

impl OwnedNotified {
    pub(super) fn new(waiting: Waiting<Arc<Notify>>) -> Self {
        Self { waiting }
    }

    /// As [`Notified::enable`](super::Notified::enable).
    pub fn enable(self: Pin<&mut Self>) -> bool {
        self.project().waiting.poll(Waker::noop()).is_ready()
    }
}

impl Future for OwnedNotified {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.project().waiting.poll_cooperatively(context)
    }
}
