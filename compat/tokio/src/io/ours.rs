//! tokio's traits for what graph_runtime gives those of futures-io to.

use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};

use graph_runtime::fs::File;
use graph_runtime::io::{Stderr, Stdin, Stdout};
use graph_runtime::net::{TcpStream, UnixStream, tcp, unix};
use graph_runtime::process::{ChildStderr, ChildStdin, ChildStdout};

use super::{AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

/// Reads into memory that need not be initialized.
macro_rules! reads {
    ($($reader:ty),* $(,)?) => {$(
        impl AsyncRead for $reader {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                buf.fill(|bytes| self.get_mut().poll_read_uninit(cx, bytes)).map_ok(drop)
            }
        }
    )*};
}

/// Writes by the trait of futures-io, whose `close` is what is called `shutdown` here.
macro_rules! writes {
    ($($writer:ty),* $(,)?) => {$(
        impl AsyncWrite for $writer {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                futures_io::AsyncWrite::poll_write(self, cx, buf)
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                futures_io::AsyncWrite::poll_flush(self, cx)
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                futures_io::AsyncWrite::poll_close(self, cx)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                futures_io::AsyncWrite::poll_write_vectored(self, cx, bufs)
            }

            fn is_write_vectored(&self) -> bool {
                true
            }
        }
    )*};
}

reads!(
    File,
    Stdin,
    TcpStream,
    tcp::ReadHalf<'_>,
    tcp::OwnedReadHalf,
    UnixStream,
    unix::ReadHalf<'_>,
    unix::OwnedReadHalf,
    unix::pipe::Receiver,
    ChildStdout,
    ChildStderr,
);
writes!(
    File,
    Stdout,
    Stderr,
    TcpStream,
    tcp::WriteHalf<'_>,
    tcp::OwnedWriteHalf,
    UnixStream,
    unix::WriteHalf<'_>,
    unix::OwnedWriteHalf,
    unix::pipe::Sender,
    ChildStdin,
);

impl AsyncSeek for File {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        self.get_mut().start_seek(position)
    }

    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        self.get_mut().poll_complete(cx)
    }
}
