//! What can go wrong with a channel for one value.

use thiserror::Error;

/// The sender is gone without having sent anything, or the channel was closed before it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("channel closed")]
pub struct RecvError(pub(super) ());

/// Why there is no value at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TryRecvError {
    /// The value has not been sent yet.
    #[error("channel empty")]
    Empty,
    /// There will be no value, or it has been received.
    #[error("channel closed")]
    Closed,
}
