//! Descriptors of any kind.

mod async_fd;
mod error;
mod guard;
mod register;

pub use async_fd::AsyncFd;
pub use error::{AsyncFdRegisterError, AsyncFdTryNewError, TryIoError};
pub use guard::{AsyncFdReadyGuard, AsyncFdReadyMutGuard};
