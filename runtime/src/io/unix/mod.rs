//! Descriptors of any kind.

mod async_fd;
mod error;
mod guard;

pub use async_fd::AsyncFd;
pub use error::{AsyncFdTryNewError, TryIoError};
pub use guard::{AsyncFdReadyGuard, AsyncFdReadyMutGuard};
