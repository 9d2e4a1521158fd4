//! The receiving end.

use super::error::{RecvError, TryRecvError};
use super::inner::{CLOSED, COMPLETE, Inner};
use crate::sync::blocking::block_on;
use crate::task::coop;
use primitives::shim::sync::Arc;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Receives one value; made by [`channel`](super::channel). It is a future.
///
/// # Cancel safety
///
/// Awaiting `&mut receiver` and giving up loses nothing. Dropping the receiver itself closes the
/// channel, and drops the value if it has been sent.
pub struct Receiver<T> {
    /// Gone when it has received, or knows that it will not.
    inner: Option<Arc<Inner<T>>>,
}

impl<T> Receiver<T> {
    pub(super) fn new(inner: Arc<Inner<T>>) -> Self {
        Self { inner: Some(inner) }
    }

    /// Lets the sender fail from now on. What has been sent can be received.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::oneshot::{self, error::TryRecvError};
    ///
    /// let (sender, mut receiver) = oneshot::channel();
    /// receiver.close();
    /// assert_eq!(sender.send(1), Err(1));
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
    /// ```
    pub fn close(&mut self) {
        if let Some(inner) = &self.inner {
            // SAFETY: this is the one receiver.
            unsafe { inner.close() };
        }
    }

    /// Whether it has received the value, or learnt that there will be none. It must not be polled
    /// any more then.
    pub fn is_terminated(&self) -> bool {
        self.inner.is_none()
    }

    /// Whether there is no value at this moment.
    pub fn is_empty(&self) -> bool {
        let Some(inner) = &self.inner else { return true };
        // SAFETY: this is the one receiver, and COMPLETE was seen.
        inner.load() & COMPLETE == 0 || !unsafe { inner.has_value() }
    }

    /// Receives the value if it is there.
    ///
    /// # Errors
    ///
    /// [`TryRecvError::Empty`] if it may still come, [`TryRecvError::Closed`] if it will not, or
    /// has been received.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let word = self.inner.as_ref().map_or(CLOSED, |inner| inner.load());
        if word & COMPLETE != 0 {
            self.finish().map_err(|RecvError(())| TryRecvError::Closed)
        } else if word & CLOSED != 0 {
            self.inner = None;
            Err(TryRecvError::Closed)
        } else {
            Err(TryRecvError::Empty)
        }
    }

    /// Blocks the thread until the value is there.
    ///
    /// # Errors
    ///
    /// If there will be none.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_recv(self) -> Result<T, RecvError> {
        block_on("Receiver::blocking_recv", self)
    }

    /// The sender is done.
    fn finish(&mut self) -> Result<T, RecvError> {
        let inner = self.inner.take().expect("polled after it was done");
        // SAFETY: this is the one receiver, and COMPLETE was seen.
        unsafe { inner.take() }.ok_or(RecvError(()))
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    /// # Panics
    ///
    /// If it is polled again after it was ready.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let inner = self.inner.as_ref().expect("a oneshot receiver was polled after it was done");
        ready!(coop::poll_turn(context));
        // SAFETY: this is the one receiver, borrowed exclusively.
        if unsafe { inner.poll_complete(context.waker()) }.is_ready() {
            coop::spend();
            return Poll::Ready(self.finish());
        }
        if inner.load() & (CLOSED | COMPLETE) == CLOSED {
            coop::spend();
            self.inner = None;
            return Poll::Ready(Err(RecvError(())));
        }
        coop::wait_for(coop::Resource::Oneshot);
        Poll::Pending
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.close();
        // A value that has been sent is not kept until the sender's reference is gone.
        if let Some(inner) = &self.inner
            && inner.load() & COMPLETE != 0
        {
            // SAFETY: this is the one receiver, and COMPLETE was seen.
            drop(unsafe { inner.take() });
        }
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
