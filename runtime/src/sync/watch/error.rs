//! What can go wrong with a watch.

use std::fmt;
use thiserror::Error;

/// There is no receiver; this is what was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[error("channel closed")]
pub struct SendError<T>(pub T);

/// All senders are gone: the value will not change any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("channel closed")]
pub struct RecvError(pub(super) ());

// Values need not be Debug for the error to be.
impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError").finish_non_exhaustive()
    }
}
