use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes_crate::{Buf, BytesMut};

use super::charge_if_ready;
use crate::io::{AsyncRead, AsyncWrite, ReadBuf, ReadHalf, WriteHalf, split};

/// A pipe in memory: what is written comes out again.
///
/// It holds a bounded number of bytes; whoever writes more waits until some were read.
#[derive(Debug)]
pub struct SimplexStream {
    bytes: BytesMut,
    capacity: usize,
    is_closed: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// The two ends of a [`SimplexStream`] that holds up to `max_buf_size` bytes.
///
/// ```
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let (mut reader, mut writer) = tokio::io::simplex(16);
/// writer.write_all(b"abc").await?;
/// writer.shutdown().await?;
/// let mut all = Vec::new();
/// reader.read_to_end(&mut all).await?;
/// assert_eq!(all, b"abc");
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// If `max_buf_size` is 0.
#[track_caller]
pub fn simplex(max_buf_size: usize) -> (ReadHalf<SimplexStream>, WriteHalf<SimplexStream>) {
    split(SimplexStream::new_unsplit(max_buf_size))
}

impl SimplexStream {
    /// A pipe that holds up to `max_buf_size` bytes, both ends in one.
    ///
    /// # Panics
    ///
    /// If `max_buf_size` is 0: nothing could ever be written.
    #[track_caller]
    pub fn new_unsplit(max_buf_size: usize) -> Self {
        assert!(max_buf_size > 0, "`max_buf_size` must be greater than 0");
        Self {
            bytes: BytesMut::new(),
            capacity: max_buf_size,
            is_closed: false,
            reader: None,
            writer: None,
        }
    }

    /// The writing end is gone: what is in the pipe can still be read, then it is at its end. The
    /// waker is to be woken by the caller.
    pub(super) fn close_write(&mut self) -> Option<Waker> {
        self.is_closed = true;
        self.reader.take()
    }

    /// The reading end is gone: writing fails. The wakers are to be woken by the caller.
    pub(super) fn close_read(&mut self) -> [Option<Waker>; 2] {
        self.is_closed = true;
        [self.writer.take(), self.reader.take()]
    }

    /// Takes out what fits into `buf`. The waker is to be woken by the caller.
    pub(super) fn take_out(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> (Poll<io::Result<()>>, Option<Waker>) {
        if buf.remaining() == 0 {
            (Poll::Ready(Ok(())), None)
        } else if self.bytes.has_remaining() {
            let count = self.bytes.remaining().min(buf.remaining());
            buf.put_slice(&self.bytes[..count]);
            self.bytes.advance(count);
            (Poll::Ready(Ok(())), self.writer.take())
        } else if self.is_closed {
            (Poll::Ready(Ok(())), None)
        } else {
            // The old waker is handed out to be dropped where no lock is held.
            let old = self.reader.replace(cx.waker().clone());
            (Poll::Pending, old.filter(|old| !old.will_wake(cx.waker())))
        }
    }

    /// Puts in what there is room for. The waker is to be woken by the caller.
    pub(super) fn put_in(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> (Poll<io::Result<usize>>, Option<Waker>) {
        if self.is_closed {
            return (Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())), None);
        }
        if bufs.iter().all(|buf| buf.is_empty()) {
            return (Poll::Ready(Ok(0)), None);
        }
        let mut room = self.capacity - self.bytes.len();
        if room == 0 {
            let old = self.writer.replace(cx.waker().clone());
            return (Poll::Pending, old.filter(|old| !old.will_wake(cx.waker())));
        }
        let before = room;
        for buf in bufs {
            let count = buf.len().min(room);
            self.bytes.extend_from_slice(&buf[..count]);
            room -= count;
        }
        (Poll::Ready(Ok(before - room)), self.reader.take())
    }
}

pub(super) fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}

impl AsyncRead for SimplexStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        charge_if_ready(cx, |cx| {
            let (read, woken) = self.get_mut().take_out(cx, buf);
            wake(woken);
            read
        })
    }
}

impl AsyncWrite for SimplexStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        wake(self.get_mut().close_write());
        Poll::Ready(Ok(()))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        charge_if_ready(cx, |cx| {
            let (written, woken) = self.get_mut().put_in(cx, bufs);
            wake(woken);
            written
        })
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}
