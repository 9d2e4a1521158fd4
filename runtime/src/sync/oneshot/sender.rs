//! The sending end.

use super::inner::{CLOSED, Inner};
use crate::task::coop;
use primitives::shim::sync::Arc;
use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

/// Sends one value; made by [`channel`](super::channel).
///
/// Dropping it without sending lets the receiver fail.
pub struct Sender<T> {
    /// Gone when it has sent.
    inner: Option<Arc<Inner<T>>>,
}

impl<T> Sender<T> {
    pub(super) fn new(inner: Arc<Inner<T>>) -> Self {
        Self { inner: Some(inner) }
    }

    fn inner(&self) -> &Inner<T> {
        self.inner.as_ref().expect("gone only when sending, which uses the sender up")
    }

    /// Sends. That it succeeds does not mean that the value is received: the receiver may go
    /// first.
    ///
    /// # Errors
    ///
    /// The value, if the receiver is gone or has closed the channel.
    pub fn send(mut self, value: T) -> Result<(), T> {
        let inner = self.inner.take().expect("gone only when sending, which uses the sender up");
        // SAFETY: this is the one sender, and it ends here.
        unsafe { inner.send(value) }
    }

    /// Waits until the receiver is gone or has closed the channel: nobody wants the value.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::oneshot;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let (mut sender, receiver) = oneshot::channel::<u32>();
    /// drop(receiver);
    /// sender.closed().await;
    /// assert_eq!(sender.send(1), Err(1));
    /// # }
    /// ```
    pub async fn closed(&mut self) {
        poll_fn(|context| self.poll_closed(context)).await;
    }

    /// Whether the receiver is gone or has closed the channel.
    pub fn is_closed(&self) -> bool {
        self.inner().load() & CLOSED != 0
    }

    /// As [`closed`](Self::closed), for futures that are written by hand. The last one to poll is
    /// woken.
    pub fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        ready!(coop::poll_turn(context));
        // SAFETY: this is the one sender, borrowed exclusively, and it has not sent.
        let polled = unsafe { self.inner().poll_closed(context.waker()) };
        coop::account(polled, coop::Resource::Oneshot)
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        if let Some(inner) = &self.inner {
            // SAFETY: this is the one sender, it has not sent, and ends here.
            unsafe { inner.complete() };
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}
