//! What can go wrong in the reactor itself, as opposed to the operating system.

use std::io;

/// A request that this reactor refuses.
///
/// The reactor's methods return [`io::Error`], because most of their failures come from the
/// operating system; a refusal of the reactor's own is inside it:
///
/// ```
/// use graph_runtime_reactor::ReactorError;
/// use std::io;
///
/// let error = io::Error::from(ReactorError::Closed);
/// let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ReactorError>());
/// assert!(inner.is_some_and(ReactorError::is_closed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReactorError {
    /// [`Reactor::close`](crate::Reactor::close) was called: nothing becomes ready any more.
    #[error("the reactor is closed: its runtime has shut down, so no I/O can be waited for in it")]
    Closed,
    /// The reactor's slab of sources is full.
    #[error("the reactor already serves {limit} I/O sources: drop some before registering more")]
    TooManySources {
        /// How many it can serve ([`MAX_SOURCES`](crate::MAX_SOURCES)).
        limit: usize,
    },
    /// An [`IoSource`](crate::IoSource) that another reactor handed out, or that is already
    /// deregistered.
    #[error("the I/O source is not registered here: deregister it once, where it was registered")]
    NotRegistered,
}

impl ReactorError {
    /// Whether the reactor was closed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }

    /// Whether there was no room for another source.
    pub fn is_too_many_sources(&self) -> bool {
        matches!(self, Self::TooManySources { .. })
    }

    /// Whether the source does not belong to this reactor (any more).
    pub fn is_not_registered(&self) -> bool {
        matches!(self, Self::NotRegistered)
    }
}

impl From<ReactorError> for io::Error {
    fn from(error: ReactorError) -> Self {
        let kind = match error {
            ReactorError::Closed => io::ErrorKind::NotConnected,
            ReactorError::TooManySources { .. } => io::ErrorKind::QuotaExceeded,
            ReactorError::NotRegistered => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}
