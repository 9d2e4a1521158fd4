//! What can go wrong with a broadcast.

use thiserror::Error;

/// There is no receiver; this is what was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("channel closed")]
pub struct SendError<T>(pub T);

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RecvError {
    /// All senders are gone, and all messages have been received.
    #[error("channel closed")]
    Closed,
    /// So many messages were overwritten before they were received.
    #[error("channel lagged by {0}")]
    Lagged(u64),
}

/// Why there is no message at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TryRecvError {
    /// There is none at the moment.
    #[error("channel empty")]
    Empty,
    /// All senders are gone, and all messages have been received.
    #[error("channel closed")]
    Closed,
    /// So many messages were overwritten before they were received.
    #[error("channel lagged by {0}")]
    Lagged(u64),
}
