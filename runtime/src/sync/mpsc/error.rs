//! What can go wrong with a channel.

use std::fmt;
use thiserror::Error;

/// The receiver is gone or has closed the channel; this is what was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[error("channel closed")]
pub struct SendError<T>(pub T);

/// Why a message was not sent at once, and the message.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
pub enum TrySendError<T> {
    /// There is no room at the moment, or others wait for it.
    #[error("no available capacity")]
    Full(T),
    /// The receiver is gone or has closed the channel.
    #[error("channel closed")]
    Closed(T),
}

/// Why a message was not sent in time, and the message.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
pub enum SendTimeoutError<T> {
    /// There was no room in time.
    #[error("timed out waiting on send operation")]
    Timeout(T),
    /// The receiver is gone or has closed the channel.
    #[error("channel closed")]
    Closed(T),
}

/// Why no message was received at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TryRecvError {
    /// There is none at the moment.
    #[error("receiving on an empty channel")]
    Empty,
    /// There is none, and all senders are gone.
    #[error("receiving on a closed channel")]
    Disconnected,
}

impl<T> TrySendError<T> {
    /// The message.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(message) | Self::Closed(message) => message,
        }
    }
}

impl<T> SendTimeoutError<T> {
    /// The message.
    pub fn into_inner(self) -> T {
        match self {
            Self::Timeout(message) | Self::Closed(message) => message,
        }
    }
}

impl<T> From<SendError<T>> for TrySendError<T> {
    fn from(error: SendError<T>) -> Self {
        Self::Closed(error.0)
    }
}

// Messages need not be Debug for the errors to be.

impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Debug for SendTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout(_) => "Timeout(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}
