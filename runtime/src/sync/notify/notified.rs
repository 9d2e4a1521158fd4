//! Waiting for a signal by reference.

use super::Notify;
use super::waiting::Waiting;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

pin_project! {
    /// Waits for a [`Notify`]; made by [`Notify::notified`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled or enabled"]
    pub struct Notified<'a> {
        #[pin]
        waiting: Waiting<&'a Notify>,
    }
}

impl<'a> Notified<'a> {
    pub(super) fn new(waiting: Waiting<&'a Notify>) -> Self {
        Self { waiting }
    }

    /// Gets in line without waiting. True if the signal is there already; then the future is done.
    ///
    /// For looking at a condition between getting in line and waiting, so that no signal is missed.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::Notify;
    /// use std::pin::pin;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let signal = Notify::new();
    /// let mut notified = pin!(signal.notified());
    /// notified.as_mut().enable();
    /// // Whatever is looked at here cannot change without the signal being seen below.
    /// signal.notify_one();
    /// notified.await;
    /// # }
    /// ```
    pub fn enable(self: Pin<&mut Self>) -> bool {
        self.project().waiting.poll(Waker::noop()).is_ready()
    }
}

impl Future for Notified<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.project().waiting.poll_cooperatively(context)
    }
}
