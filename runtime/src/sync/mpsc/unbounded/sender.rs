//! The sending end of an unbounded channel.

use super::WeakUnboundedSender;
use crate::sync::mpsc::error::SendError;
use crate::sync::mpsc::tx::Tx;
use std::fmt;

/// Sends messages; made by [`unbounded_channel`](super::unbounded_channel). Clones send to the
/// same receiver.
pub struct UnboundedSender<T>(Tx<T>);

impl<T> UnboundedSender<T> {
    pub(super) fn new(tx: Tx<T>) -> Self {
        Self(tx)
    }

    /// Sends, at once. That it succeeds does not mean that the message is received: the receiver
    /// may go first.
    ///
    /// # Errors
    ///
    /// The message, if the receiver is gone or has closed the channel, or if there were more
    /// messages in it than there can be permits (2<sup>61</sup> on 64-bit machines).
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match self.0.try_acquire(1) {
            Ok(()) => {
                self.0.push(message);
                Ok(())
            }
            Err(_) => Err(SendError(message)),
        }
    }

    /// Waits until the receiver is gone or has closed the channel.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn closed(&self) {
        self.0.closed().await;
    }

    /// Whether the receiver is gone or has closed the channel.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Whether both send to the same receiver.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.0.same_channel(&other.0)
    }

    /// A sender that does not keep the channel open.
    #[must_use = "downgrading leaves this sender as it is"]
    pub fn downgrade(&self) -> WeakUnboundedSender<T> {
        WeakUnboundedSender::new(self.0.downgrade())
    }

    /// How many senders there are.
    pub fn strong_count(&self) -> usize {
        self.0.senders.count()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.0.senders.weak()
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnboundedSender").finish_non_exhaustive()
    }
}
