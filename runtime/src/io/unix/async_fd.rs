//! Waiting for a descriptor of any kind.

use super::{AsyncFdReadyGuard, AsyncFdReadyMutGuard, AsyncFdRegisterError};
use crate::io::Interest;
use crate::net::{Attempt, Registered};
use crate::runtime::Handle;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::task::{Context, Poll, ready};

/// Waits until a descriptor of any kind is ready: a device, an eventfd, a socket of some library.
///
/// It must be in non-blocking mode, or else whoever finds that there is nothing to do after all
/// blocks. It must stay open under the same number for as long as this lives.
///
/// # How it is used
///
/// Readiness comes as a *guard*. It is told when it begins, and remembered until whoever finds that
/// an operation would block says so to the guard, for which there is
/// [`try_io`](AsyncFdReadyGuard::try_io). Who forgets to is told again and again; who says so too
/// early, with something left to be read, is not told about that.
///
/// Any number of tasks may wait in the `async` methods. Of those in `poll_*` methods the last one
/// in each direction is woken.
///
/// # Examples
///
/// ```
/// use graph_runtime::io::unix::AsyncFd;
/// use std::io::{self, Read, Write};
/// use std::os::unix::net::UnixStream;
///
/// async fn read(socket: &AsyncFd<UnixStream>, buffer: &mut [u8]) -> io::Result<usize> {
///     loop {
///         let mut guard = socket.readable().await?;
///         match guard.try_io(|socket| socket.get_ref().read(buffer)) {
///             Ok(result) => return result,
///             Err(_would_block) => continue,
///         }
///     }
/// }
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> io::Result<()> {
/// let (here, mut there) = UnixStream::pair()?;
/// here.set_nonblocking(true)?;
/// let here = AsyncFd::new(here)?;
/// there.write_all(b"hello")?;
/// assert_eq!(read(&here, &mut [0; 16]).await?, 5);
/// # Ok(())
/// # }
/// ```
pub struct AsyncFd<T: AsRawFd> {
    pub(super) io: Registered<T>,
}

/// Making one.
///
/// # Errors
///
/// `EPERM` if the descriptor is of a kind that is always ready, such as a file. If it is watched
/// already, if the runtime has shut down, and whatever the system says.
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
    #[track_caller]
    pub fn new(inner: T) -> io::Result<Self> {
        Self::with_interest(inner, Interest::READABLE | Interest::WRITABLE)
    }

    /// Watches a descriptor for `interest` only. Nothing else may be waited for.
    ///
    /// # Errors
    ///
    /// See above.
    #[track_caller]
    pub fn with_interest(inner: T, interest: Interest) -> io::Result<Self> {
        Self::try_with_interest(inner, interest).map_err(io::Error::from)
    }

    /// [`new`](Self::new) that gives the descriptor back if it fails.
    ///
    /// # Errors
    ///
    /// See above.
    #[track_caller]
    pub fn try_new(inner: T) -> Result<Self, AsyncFdRegisterError<T>> {
        Self::try_with_interest(inner, Interest::READABLE | Interest::WRITABLE)
    }

    /// [`with_interest`](Self::with_interest) that gives the descriptor back if it fails.
    ///
    /// # Errors
    ///
    /// See above.
    #[track_caller]
    pub fn try_with_interest(
        inner: T,
        interest: Interest,
    ) -> Result<Self, AsyncFdRegisterError<T>> {
        match Registered::at_once(&Handle::current(), inner, interest.watched()) {
            Ok(io) => Ok(Self { io }),
            Err((inner, cause)) => Err(AsyncFdRegisterError { inner, cause }),
        }
    }

    /// What it was made of.
    pub fn get_ref(&self) -> &T {
        self.io.source()
    }

    /// What it was made of. The descriptor must stay the same.
    pub fn get_mut(&mut self) -> &mut T {
        self.io.source_mut()
    }

    /// Stops to watch the descriptor and gives it back.
    pub fn into_inner(self) -> T {
        self.io.into_source()
    }
}

/// Waiting.
///
/// # Errors
///
/// If the runtime in which it was made has shut down.
///
/// # Cancel safety
///
/// Giving up loses nothing.
impl<T: AsRawFd> AsyncFd<T> {
    /// Waits until the descriptor is ready for something of `interest`.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn ready(&self, interest: Interest) -> io::Result<AsyncFdReadyGuard<'_, T>> {
        Ok(AsyncFdReadyGuard { event: self.io.ready(interest).await?, fd: self })
    }

    /// [`ready`](Self::ready) with a guard that lends the descriptor mutably.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn ready_mut(
        &mut self,
        interest: Interest,
    ) -> io::Result<AsyncFdReadyMutGuard<'_, T>> {
        Ok(AsyncFdReadyMutGuard { event: self.io.ready(interest).await?, fd: self })
    }

    /// [`ready`](Self::ready) for reading.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn readable(&self) -> io::Result<AsyncFdReadyGuard<'_, T>> {
        self.ready(Interest::READABLE).await
    }

    /// [`ready_mut`](Self::ready_mut) for reading.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn readable_mut(&mut self) -> io::Result<AsyncFdReadyMutGuard<'_, T>> {
        self.ready_mut(Interest::READABLE).await
    }

    /// [`ready`](Self::ready) for writing.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn writable(&self) -> io::Result<AsyncFdReadyGuard<'_, T>> {
        self.ready(Interest::WRITABLE).await
    }

    /// [`ready_mut`](Self::ready_mut) for writing.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn writable_mut(&mut self) -> io::Result<AsyncFdReadyMutGuard<'_, T>> {
        self.ready_mut(Interest::WRITABLE).await
    }

    /// [`readable`](Self::readable) for hand-written futures. The last task to call it is woken.
    ///
    /// # Errors
    ///
    /// See above.
    pub fn poll_read_ready<'a>(
        &'a self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyGuard<'a, T>>> {
        let event = ready!(self.io.poll_ready(context, Interest::READABLE))?;
        Poll::Ready(Ok(AsyncFdReadyGuard { event, fd: self }))
    }

    /// [`readable_mut`](Self::readable_mut) for hand-written futures. The last task to call it is
    /// woken.
    ///
    /// # Errors
    ///
    /// See above.
    pub fn poll_read_ready_mut<'a>(
        &'a mut self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyMutGuard<'a, T>>> {
        let event = ready!(self.io.poll_ready(context, Interest::READABLE))?;
        Poll::Ready(Ok(AsyncFdReadyMutGuard { event, fd: self }))
    }

    /// [`writable`](Self::writable) for hand-written futures. The last task to call it is woken.
    ///
    /// # Errors
    ///
    /// See above.
    pub fn poll_write_ready<'a>(
        &'a self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyGuard<'a, T>>> {
        let event = ready!(self.io.poll_ready(context, Interest::WRITABLE))?;
        Poll::Ready(Ok(AsyncFdReadyGuard { event, fd: self }))
    }

    /// [`writable_mut`](Self::writable_mut) for hand-written futures. The last task to call it is
    /// woken.
    ///
    /// # Errors
    ///
    /// See above.
    pub fn poll_write_ready_mut<'a>(
        &'a mut self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyMutGuard<'a, T>>> {
        let event = ready!(self.io.poll_ready(context, Interest::WRITABLE))?;
        Poll::Ready(Ok(AsyncFdReadyMutGuard { event, fd: self }))
    }
}

/// Operations of the caller's own, without guards.
impl<T: AsRawFd> AsyncFd<T> {
    /// Calls `operation`, again each time that something of `interest` is worth trying, until it no
    /// longer says [`WouldBlock`](io::ErrorKind::WouldBlock).
    ///
    /// # Errors
    ///
    /// Those of `operation`, and if the runtime has shut down.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, `operation` has not succeeded.
    pub async fn async_io<R>(
        &self,
        interest: Interest,
        mut operation: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        self.io.io(interest, |inner| operation(inner).map(Attempt::more)).await
    }

    /// [`async_io`](Self::async_io) with the descriptor lent mutably.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Cancel safety
    ///
    /// As there.
    pub async fn async_io_mut<R>(
        &mut self,
        interest: Interest,
        mut operation: impl FnMut(&mut T) -> io::Result<R>,
    ) -> io::Result<R> {
        loop {
            let mut guard = self.ready_mut(interest).await?;
            if let Ok(result) = guard.try_io(|fd| operation(fd.get_mut())) {
                return result;
            }
        }
    }

    /// Calls `operation` if it is worth trying, and takes back that it is if that says
    /// [`WouldBlock`](io::ErrorKind::WouldBlock).
    ///
    /// # Errors
    ///
    /// `WouldBlock` without calling it, if the descriptor is not ready for anything of `interest`.
    /// Those of `operation`.
    pub fn try_io<R>(
        &self,
        interest: Interest,
        operation: impl FnOnce(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        self.io.try_once(interest, operation)
    }

    /// [`try_io`](Self::try_io) with the descriptor lent mutably.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn try_io_mut<R>(
        &mut self,
        interest: Interest,
        operation: impl FnOnce(&mut T) -> io::Result<R>,
    ) -> io::Result<R> {
        let event = self.io.ready_now(interest).ok_or(io::ErrorKind::WouldBlock)?;
        let mut guard = AsyncFdReadyMutGuard { event, fd: self };
        let result = guard.try_io(|fd| operation(fd.get_mut()));
        result.unwrap_or_else(|_| Err(io::ErrorKind::WouldBlock.into()))
    }
}

impl<T: AsRawFd> AsRawFd for AsyncFd<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.get_ref().as_raw_fd()
    }
}

impl<T: AsRawFd + AsFd> AsFd for AsyncFd<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.get_ref().as_fd()
    }
}

impl<T: AsRawFd + fmt::Debug> fmt::Debug for AsyncFd<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncFd").field("inner", self.get_ref()).finish()
    }
}
