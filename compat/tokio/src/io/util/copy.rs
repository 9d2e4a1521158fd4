use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use graph_runtime::task::coop;

use super::{CAPACITY, poll_uninterrupted};
use crate::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

/// Copies all of `reader` to `writer` and flushes; the number of bytes.
///
/// # Errors
///
/// Whatever either of them reports, and `WriteZero` if the writer takes no more.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut written = Vec::new();
/// assert_eq!(tokio::io::copy(&mut &b"abc"[..], &mut written).await?, 3);
/// assert_eq!(written, b"abc");
/// # Ok(())
/// # }
/// ```
pub async fn copy<R, W>(reader: &mut R, writer: &mut W) -> io::Result<u64>
where
    R: AsyncRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    let mut transfer = Transfer::new(CAPACITY);
    poll_fn(|cx| transfer.poll(cx, Pin::new(&mut *reader), Pin::new(&mut *writer))).await
}

/// Like [`copy`], with the reader's own buffer.
///
/// # Errors
///
/// Whatever either of them reports, and `WriteZero` if the writer takes no more.
pub async fn copy_buf<R, W>(reader: &mut R, writer: &mut W) -> io::Result<u64>
where
    R: AsyncBufRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    let mut total = 0;
    let mut needs_flush = false;
    poll_fn(|cx| {
        loop {
            let progress = ready!(coop::poll_proceed(cx));
            let buffered = match Pin::new(&mut *reader).poll_fill_buf(cx) {
                Poll::Ready(Ok(buffered)) => buffered,
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    // What was written should not wait for what may never come.
                    if needs_flush {
                        ready!(Pin::new(&mut *writer).poll_flush(cx))?;
                        needs_flush = false;
                    }
                    return Poll::Pending;
                }
            };
            progress.made_progress();
            if buffered.is_empty() {
                ready!(Pin::new(&mut *writer).poll_flush(cx))?;
                return Poll::Ready(Ok(total));
            }
            let count =
                ready!(poll_uninterrupted(|| { Pin::new(&mut *writer).poll_write(cx, buffered) }))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            total += count as u64;
            needs_flush = true;
            Pin::new(&mut *reader).consume(count);
        }
    })
    .await
}

/// A copy that is under way.
#[derive(Debug)]
pub(super) struct Transfer {
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
    total: u64,
    is_read_done: bool,
    needs_flush: bool,
}

impl Transfer {
    pub(super) fn new(capacity: usize) -> Self {
        let bytes = vec![0; capacity].into_boxed_slice();
        Self { bytes, start: 0, end: 0, total: 0, is_read_done: false, needs_flush: false }
    }

    fn poll_fill<R: AsyncRead + ?Sized>(
        &mut self,
        cx: &mut Context<'_>,
        mut reader: Pin<&mut R>,
    ) -> Poll<io::Result<()>> {
        // Neither end may know of budgets.
        let progress = ready!(coop::poll_proceed(cx));
        let mut buf = ReadBuf::new(&mut self.bytes);
        buf.set_filled(self.end);
        ready!(poll_uninterrupted(|| reader.as_mut().poll_read(cx, &mut buf)))?;
        progress.made_progress();
        let end = buf.filled().len();
        self.is_read_done = end == self.end;
        self.end = end;
        Poll::Ready(Ok(()))
    }

    fn poll_drain<W: AsyncWrite + ?Sized>(
        &mut self,
        cx: &mut Context<'_>,
        mut writer: Pin<&mut W>,
    ) -> Poll<io::Result<()>> {
        let rest = &self.bytes[self.start..self.end];
        let count = ready!(poll_uninterrupted(|| writer.as_mut().poll_write(cx, rest)))?;
        if count == 0 {
            let message = "write zero byte into writer";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::WriteZero, message)));
        }
        self.start += count;
        self.total += count as u64;
        self.needs_flush = true;
        Poll::Ready(Ok(()))
    }

    /// The number of bytes, when all were copied and flushed.
    pub(super) fn poll<R: AsyncRead + ?Sized, W: AsyncWrite + ?Sized>(
        &mut self,
        cx: &mut Context<'_>,
        mut reader: Pin<&mut R>,
        mut writer: Pin<&mut W>,
    ) -> Poll<io::Result<u64>> {
        loop {
            // While the writer waits, more may be read into what room there is.
            let mut is_stuck = false;
            if !self.is_read_done && self.end < self.bytes.len() {
                is_stuck = self.poll_fill(cx, reader.as_mut())?.is_pending();
            }
            if self.start == self.end && is_stuck {
                // What was written should not wait for what may never come.
                if self.needs_flush {
                    ready!(writer.as_mut().poll_flush(cx))?;
                    self.needs_flush = false;
                }
                return Poll::Pending;
            }
            while self.start < self.end {
                if self.poll_drain(cx, writer.as_mut())?.is_pending() {
                    if is_stuck || self.is_read_done || self.end == self.bytes.len() {
                        return Poll::Pending;
                    }
                    ready!(self.poll_fill(cx, reader.as_mut()))?;
                }
            }
            self.start = 0;
            self.end = 0;
            if self.is_read_done {
                ready!(writer.as_mut().poll_flush(cx))?;
                return Poll::Ready(Ok(self.total));
            }
        }
    }
}
