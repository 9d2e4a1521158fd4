//! The standard streams.

use crate::blocking::Background;
use futures_io::{AsyncRead, AsyncWrite};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// What this process reads. See [`Stdin`].
#[must_use]
pub fn stdin() -> Stdin {
    Stdin { background: Background::new(Arc::new(io::stdin())) }
}

/// Where this process writes to. See [`Stdout`].
#[must_use]
pub fn stdout() -> Stdout {
    Stdout { background: Background::new(Arc::new(io::stdout())) }
}

/// Where this process complains to. See [`Stderr`].
#[must_use]
pub fn stderr() -> Stderr {
    Stderr { background: Background::new(Arc::new(io::stderr())) }
}

/// What this process reads.
///
/// A terminal can only be read by blocking, so a thread made for that does. **It cannot be told to
/// stop**: when a runtime shuts down while a read is under way, it waits until a line is entered.
/// For a dialogue with a user a thread of its own may serve better. What one of these has read
/// ahead, others do not see.
///
/// # Examples
///
/// ```no_run
/// use futures_lite::{AsyncBufReadExt, StreamExt, io::BufReader};
/// use graph_runtime::io::stdin;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut lines = BufReader::new(stdin()).lines();
/// while let Some(line) = lines.next().await {
///     println!("you said {}", line?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Stdin {
    background: Background<io::Stdin>,
}

impl AsyncRead for Stdin {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.background.poll_read(context, buffer)
    }
}

impl Stdin {
    /// [`poll_read`](AsyncRead::poll_read) into memory that need not be initialized: the first
    /// bytes of `buffer`, as many as it says, are afterwards.
    ///
    /// # Errors
    ///
    /// As reading.
    pub fn poll_read_uninit(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Poll<io::Result<usize>> {
        self.background.poll_read_uninit(context, buffer)
    }
}

/// Where this process writes to.
///
/// Bytes are copied and written by a thread made for blocking, in order. That they arrive, or why
/// not, is told by flushing, so flush at the end: what is not flushed may be lost when the process
/// ends. Two of these write in no particular order.
///
/// # Examples
///
/// ```
/// use futures_lite::AsyncWriteExt;
/// use graph_runtime::io::stdout;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut stdout = stdout();
/// stdout.write_all(b"hello\n").await?;
/// stdout.flush().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Stdout {
    background: Background<io::Stdout>,
}

/// Where this process complains to. As [`Stdout`].
#[derive(Debug)]
pub struct Stderr {
    background: Background<io::Stderr>,
}

/// Writing, in the background.
macro_rules! writer {
    ($type:ident) => {
        impl AsyncWrite for $type {
            fn poll_write(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                self.poll_write_vectored(context, &[IoSlice::new(bytes)])
            }

            fn poll_write_vectored(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
                slices: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                self.background.poll_write(context, slices)
            }

            fn poll_flush(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
            ) -> Poll<io::Result<()>> {
                self.background.poll_flush(context)
            }

            /// As `poll_flush`: the stream is the process's and stays open.
            fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_flush(context)
            }
        }
    };
}

writer!(Stdout);
writer!(Stderr);

/// The descriptor.
macro_rules! descriptor {
    ($type:ident) => {
        impl AsFd for $type {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.background.medium().as_fd()
            }
        }

        impl AsRawFd for $type {
            fn as_raw_fd(&self) -> RawFd {
                self.background.medium().as_raw_fd()
            }
        }
    };
}

descriptor!(Stdin);
descriptor!(Stdout);
descriptor!(Stderr);
