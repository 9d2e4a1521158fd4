//! Watching a descriptor whose owner promises to keep it open.

#![allow(unsafe_code)] // Fenced: functions that ask the caller for a promise, and safe inside.

use super::{AsyncFd, AsyncFdRegisterError};
use crate::io::Interest;
use std::os::fd::AsRawFd;

/// Making one, with a promise.
///
/// Here a descriptor that is closed too early leads to errors and to events of whatever comes to
/// have its number next, not to undefined behaviour, so [`new`](AsyncFd::new) and
/// [`with_interest`](AsyncFd::with_interest) do the same without the promise. These are for
/// programs that are written against interfaces which ask for it.
///
/// # Errors
///
/// The descriptor comes back, with the reason: see [`new`](AsyncFd::new).
///
/// # Panics
///
/// Outside a runtime.
impl<T: AsRawFd> AsyncFd<T> {
    /// Watches a descriptor for reading and writing.
    ///
    /// # Errors
    ///
    /// See above.
    ///
    /// # Safety
    ///
    /// What `inner.as_raw_fd()` says must be an open descriptor, and until this is dropped or
    /// [`into_inner`](AsyncFd::into_inner) is called it must say the same and stay open.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::io::unix::AsyncFd;
    /// use std::io::Write;
    /// use std::os::unix::net::UnixStream;
    ///
    /// # #[graph_runtime::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let (here, mut there) = UnixStream::pair()?;
    /// here.set_nonblocking(true)?;
    /// // SAFETY: the stream owns its descriptor, and is not exchanged for another one.
    /// let here = unsafe { AsyncFd::register(here)? };
    /// there.write_all(b"hello")?;
    /// assert!(here.readable().await?.ready().is_readable());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub unsafe fn register(inner: T) -> Result<Self, AsyncFdRegisterError<T>> {
        Self::try_new(inner)
    }

    /// Watches a descriptor for `interest` only. Nothing else may be waited for.
    ///
    /// # Errors
    ///
    /// See above.
    ///
    /// # Safety
    ///
    /// As for [`register`](Self::register).
    #[track_caller]
    pub unsafe fn register_with_interest(
        inner: T,
        interest: Interest,
    ) -> Result<Self, AsyncFdRegisterError<T>> {
        Self::try_with_interest(inner, interest)
    }
}
