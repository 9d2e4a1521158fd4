//! What can go wrong with time.

use thiserror::Error;

/// The future did not finish in time. It has been dropped, or will be with its
/// [`Timeout`](super::Timeout).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("deadline has elapsed")]
pub struct Elapsed(());

impl Elapsed {
    pub(super) fn new() -> Self {
        Self(())
    }
}

impl From<Elapsed> for std::io::Error {
    fn from(elapsed: Elapsed) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, elapsed)
    }
}
