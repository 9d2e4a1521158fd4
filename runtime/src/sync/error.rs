//! Errors of the semaphore and the locks.

use thiserror::Error;

/// The semaphore is closed: no permit will come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("semaphore closed")]
pub struct AcquireError(());

impl AcquireError {
    pub(super) fn closed() -> Self {
        Self(())
    }
}

/// Why there is no permit at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TryAcquireError {
    /// The semaphore is closed.
    #[error("semaphore closed")]
    Closed,
    /// There are not enough permits at the moment, or others wait for theirs.
    #[error("no permits available")]
    NoPermits,
}

/// The lock is held by somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("operation would block")]
pub struct TryLockError(());

impl TryLockError {
    pub(super) fn held() -> Self {
        Self(())
    }
}
