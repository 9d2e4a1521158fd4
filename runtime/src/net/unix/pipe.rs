//! Pipes: bytes in one direction, between tasks or processes.

use crate::net::Registered;
use crate::net::methods::{readable, writable};
use crate::net::stream::{reading, writing};
use reactor::Direction;
use rustix::fs::OFlags;
use rustix::pipe::{PipeFlags, pipe_with};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

/// A pipe without a name: what goes into the first comes out of the second.
///
/// # Errors
///
/// If the system has no descriptors left.
///
/// # Examples
///
/// ```
/// use futures_lite::{AsyncReadExt, AsyncWriteExt};
/// use graph_runtime::net::unix::pipe;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let (mut sender, mut receiver) = pipe::pipe()?;
/// sender.write_all(b"through").await?;
/// drop(sender);
/// let mut received = String::new();
/// receiver.read_to_string(&mut received).await?;
/// assert_eq!(received, "through");
/// # Ok(())
/// # }
/// ```
pub fn pipe() -> io::Result<(Sender, Receiver)> {
    let (receiver, sender) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    Ok((Sender::new(sender.into()), Receiver::new(receiver.into())))
}

/// How a pipe with a name (a FIFO) is opened.
///
/// # Examples
///
/// ```
/// use graph_runtime::net::unix::pipe;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("fifo");
/// # rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU)?;
/// let receiver = pipe::OpenOptions::new().open_receiver(&path)?;
/// let sender = pipe::OpenOptions::new().open_sender(&path)?;
/// sender.writable().await?;
/// sender.try_write(b"named")?;
/// receiver.readable().await?;
/// assert_eq!(receiver.try_read(&mut [0; 8])?, 5);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    read_write: bool,
    unchecked: bool,
}

impl OpenOptions {
    /// Opened for what the end is for, and only if it is a pipe.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens either end for reading and writing: a sender can then be opened before there is a
    /// receiver, and a receiver does not come to an end while there is no sender. Only on Linux.
    pub fn read_write(&mut self, read_write: bool) -> &mut Self {
        self.read_write = read_write;
        self
    }

    /// Does not check whether it is a pipe.
    pub fn unchecked(&mut self, unchecked: bool) -> &mut Self {
        self.unchecked = unchecked;
        self
    }

    /// Opens the end to read from. Does not wait for a sender: it reads to the end at once until
    /// there is one.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if it is no pipe, and whatever the system says.
    pub fn open_receiver(&self, path: impl AsRef<Path>) -> io::Result<Receiver> {
        self.open(path.as_ref(), std::fs::OpenOptions::new().read(true)).map(Receiver::new)
    }

    /// Opens the end to write to.
    ///
    /// # Errors
    ///
    /// `ENXIO` if there is no receiver, [`io::ErrorKind::InvalidInput`] if it is no pipe, and
    /// whatever the system says.
    pub fn open_sender(&self, path: impl AsRef<Path>) -> io::Result<Sender> {
        self.open(path.as_ref(), std::fs::OpenOptions::new().write(true)).map(Sender::new)
    }

    fn open(&self, path: &Path, options: &mut std::fs::OpenOptions) -> io::Result<File> {
        if self.read_write {
            options.read(true).write(true);
        }
        let file = options.custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)?;
        if !self.unchecked {
            check_is_pipe(&file)?;
        }
        Ok(file)
    }
}

fn refused<T>(message: &str) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

fn check_is_pipe(file: &File) -> io::Result<()> {
    if file.metadata()?.file_type().is_fifo() { Ok(()) } else { refused("it is not a pipe") }
}

/// Whether it was opened for `mode` or for both.
fn check_mode(file: &File, mode: OFlags) -> io::Result<()> {
    let opened_for = rustix::fs::fcntl_getfl(file)? & OFlags::ACCMODE;
    if opened_for == mode || opened_for == OFlags::RDWR {
        return Ok(());
    }
    refused("the pipe was not opened for what this end is for")
}

/// One end: what both have in common.
macro_rules! end {
    ($end:ident, $mode:expr) => {
        impl $end {
            fn new(file: File) -> Self {
                Self { io: Registered::new(file) }
            }

            /// Takes over this end of a pipe and makes it non-blocking.
            ///
            /// # Errors
            ///
            /// [`io::ErrorKind::InvalidInput`] if it is no pipe or the other end, and whatever the
            /// system says.
            pub fn from_file(file: File) -> io::Result<Self> {
                check_is_pipe(&file)?;
                check_mode(&file, $mode)?;
                Self::from_file_unchecked(file)
            }

            /// [`from_file`](Self::from_file) for a descriptor.
            ///
            /// # Errors
            ///
            /// As there.
            pub fn from_owned_fd(descriptor: OwnedFd) -> io::Result<Self> {
                Self::from_file(descriptor.into())
            }

            /// [`from_file`](Self::from_file) without checking what it is.
            ///
            /// # Errors
            ///
            /// Whatever the system says.
            pub fn from_file_unchecked(file: File) -> io::Result<Self> {
                rustix::io::ioctl_fionbio(&file, true)?;
                Ok(Self::new(file))
            }

            /// [`from_file_unchecked`](Self::from_file_unchecked) for a descriptor.
            ///
            /// # Errors
            ///
            /// As there.
            pub fn from_owned_fd_unchecked(descriptor: OwnedFd) -> io::Result<Self> {
                Self::from_file_unchecked(descriptor.into())
            }

            /// Gives its descriptor away, non-blocking.
            ///
            /// # Errors
            ///
            /// None at present.
            pub fn into_nonblocking_fd(self) -> io::Result<OwnedFd> {
                Ok(self.io.into_source().into())
            }

            /// Gives its descriptor away, blocking.
            ///
            /// # Errors
            ///
            /// Whatever the system says.
            pub fn into_blocking_fd(self) -> io::Result<OwnedFd> {
                let descriptor = self.into_nonblocking_fd()?;
                rustix::io::ioctl_fionbio(&descriptor, false)?;
                Ok(descriptor)
            }

            /// Waits until something of `interest` is worth trying, and says what.
            ///
            /// # Errors
            ///
            /// If the runtime has shut down.
            ///
            /// # Panics
            ///
            /// Outside a runtime, if nobody has waited for it before.
            ///
            /// # Cancel safety
            ///
            /// Giving up loses nothing.
            pub async fn ready(
                &self,
                interest: crate::io::Interest,
            ) -> io::Result<crate::io::Ready> {
                self.io.ready(interest).await.map(|event| event.ready().into())
            }
        }

        impl AsFd for $end {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.io.source().as_fd()
            }
        }

        impl AsRawFd for $end {
            fn as_raw_fd(&self) -> RawFd {
                self.io.source().as_raw_fd()
            }
        }
    };
}

/// The end of a pipe that is written to. See [`pipe`] and [`OpenOptions`].
///
/// Dropping it, if it is the last, ends what the receiver reads.
#[derive(Debug)]
pub struct Sender {
    io: Registered<File>,
}

impl Sender {
    writable!(poll_write_ready);

    /// Calls `operation` if it is worth trying, and takes back that it is if that says
    /// [`WouldBlock`](io::ErrorKind::WouldBlock).
    ///
    /// # Errors
    ///
    /// `WouldBlock` without calling it, if somebody has waited before and no room has come since.
    /// Those of `operation`.
    pub fn try_io<R>(&self, operation: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        self.io.try_once(Direction::Write, |_| operation())
    }
}

end!(Sender, OFlags::WRONLY);
writing!(Sender, |_| Ok(()));

/// The end of a pipe that is read from. See [`pipe`] and [`OpenOptions`].
#[derive(Debug)]
pub struct Receiver {
    io: Registered<File>,
}

impl Receiver {
    readable!(poll_read_ready);

    /// Calls `operation` if it is worth trying, and takes back that it is if that says
    /// [`WouldBlock`](io::ErrorKind::WouldBlock).
    ///
    /// # Errors
    ///
    /// `WouldBlock` without calling it, if somebody has waited before and nothing has come since.
    /// Those of `operation`.
    pub fn try_io<R>(&self, operation: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        self.io.try_once(Direction::Read, |_| operation())
    }
}

end!(Receiver, OFlags::RDONLY);
reading!(Receiver);
