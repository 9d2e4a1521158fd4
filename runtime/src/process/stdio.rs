//! Input and output of a child.

use crate::net::Registered;
use crate::net::stream::{reading, writing};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::process::{self, Stdio};

/// A pipe to or from a child.
macro_rules! pipe {
    ($type:ident, $std:ty) => {
        impl $type {
            /// Takes over a pipe of the standard library and makes it non-blocking.
            ///
            /// # Errors
            ///
            /// Whatever the system says.
            pub fn from_std(pipe: $std) -> io::Result<Self> {
                let file = File::from(OwnedFd::from(pipe));
                rustix::io::ioctl_fionbio(&file, true)?;
                Ok(Self { io: Registered::new(file) })
            }

            /// Gives its descriptor away, blocking.
            ///
            /// # Errors
            ///
            /// Whatever the system says.
            pub fn into_owned_fd(self) -> io::Result<OwnedFd> {
                let file = self.io.into_source();
                rustix::io::ioctl_fionbio(&file, false)?;
                Ok(file.into())
            }
        }

        /// For another child.
        impl TryFrom<$type> for Stdio {
            type Error = io::Error;

            fn try_from(pipe: $type) -> io::Result<Self> {
                pipe.into_owned_fd().map(Self::from)
            }
        }

        impl AsFd for $type {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.io.source().as_fd()
            }
        }

        impl AsRawFd for $type {
            fn as_raw_fd(&self) -> RawFd {
                self.io.source().as_raw_fd()
            }
        }
    };
}

/// What a child reads. Dropping it ends that. See [`Command::stdin`](super::Command::stdin).
#[derive(Debug)]
pub struct ChildStdin {
    io: Registered<File>,
}

pipe!(ChildStdin, process::ChildStdin);
writing!(ChildStdin, |_| Ok(()));

/// What a child writes. See [`Command::stdout`](super::Command::stdout).
#[derive(Debug)]
pub struct ChildStdout {
    io: Registered<File>,
}

pipe!(ChildStdout, process::ChildStdout);
reading!(ChildStdout);

/// What a child complains of. See [`Command::stderr`](super::Command::stderr).
#[derive(Debug)]
pub struct ChildStderr {
    io: Registered<File>,
}

pipe!(ChildStderr, process::ChildStderr);
reading!(ChildStderr);
