//! A call that may block, as a future.

use crate::runtime::Handle;
use crate::task::JoinError;
use std::io;

/// Runs `call` on a thread for closures that block.
///
/// # Errors
///
/// Those of `call`; if the runtime shuts down before it has run; if it panics.
///
/// # Panics
///
/// Outside a runtime.
///
/// # Cancel safety
///
/// If the future is dropped the call is made all the same, and nobody learns what it brought.
pub(crate) async fn run<T: Send + 'static>(
    call: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    Handle::current().spawn_blocking(call).await.map_err(lost)?
}

/// Why an operation has no result of its own.
pub(crate) fn lost(error: JoinError) -> io::Error {
    io::Error::other(error)
}
