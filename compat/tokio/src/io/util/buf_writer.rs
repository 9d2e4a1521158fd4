use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::CAPACITY;
use crate::io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

pin_project! {
    /// Writes to another writer in large pieces.
    ///
    /// What is buffered is lost when it is dropped: flush it before. Reading goes past the buffer.
    ///
    /// ```
    /// use tokio::io::{AsyncWriteExt, BufWriter};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let mut writer = BufWriter::new(Vec::new());
    /// writer.write_all(b"abc").await?;
    /// assert!(writer.get_ref().is_empty());
    /// writer.flush().await?;
    /// assert_eq!(writer.into_inner(), b"abc");
    /// # Ok(())
    /// # }
    /// ```
    #[derive(Debug)]
    pub struct BufWriter<W> {
        #[pin]
        inner: W,
        bytes: Vec<u8>,
        // How much of it is written already.
        written: usize,
        capacity: usize,
        seek: Option<SeekFrom>,
    }
}

impl<W: AsyncWrite> BufWriter<W> {
    /// Writes through a buffer of 8 KiB.
    pub fn new(inner: W) -> Self {
        Self::with_capacity(CAPACITY, inner)
    }

    /// Writes through a buffer of `cap` bytes.
    pub fn with_capacity(cap: usize, inner: W) -> Self {
        Self { inner, bytes: Vec::with_capacity(cap), written: 0, capacity: cap, seek: None }
    }

    /// Passes on what is buffered, without flushing the writer below.
    fn poll_empty(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut this = self.project();
        while *this.written < this.bytes.len() {
            let rest = &this.bytes[*this.written..];
            match ready!(this.inner.as_mut().poll_write(cx, rest)) {
                Ok(count @ 1..) => *this.written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                end => {
                    this.bytes.drain(..std::mem::take(this.written));
                    let error = end.err().unwrap_or_else(|| {
                        let message = "failed to write the buffered data";
                        io::Error::new(io::ErrorKind::WriteZero, message)
                    });
                    return Poll::Ready(Err(error));
                }
            }
        }
        this.bytes.clear();
        *this.written = 0;
        Poll::Ready(Ok(()))
    }
}

impl<W> BufWriter<W> {
    /// The writer below.
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// The writer below. What is written to it here comes before what is buffered.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }

    /// The writer below, where it is.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut W> {
        self.project().inner
    }

    /// Gives the writer below back. What is buffered is lost.
    pub fn into_inner(self) -> W {
        self.inner
    }

    /// What is buffered.
    pub fn buffer(&self) -> &[u8] {
        &self.bytes
    }
}

impl<W: AsyncWrite> AsyncWrite for BufWriter<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.bytes.len() + buf.len() > self.capacity {
            ready!(self.as_mut().poll_empty(cx))?;
        }
        let this = self.project();
        if buf.len() >= *this.capacity {
            return this.inner.poll_write(cx, buf);
        }
        this.bytes.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_empty(cx))?;
        self.get_pin_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_empty(cx))?;
        self.get_pin_mut().poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let total = bufs.iter().fold(0_usize, |sum, buf| sum.saturating_add(buf.len()));
        if total <= self.capacity {
            if total > self.capacity - self.bytes.len() {
                ready!(self.as_mut().poll_empty(cx))?;
            }
            let this = self.project();
            bufs.iter().for_each(|buf| this.bytes.extend_from_slice(buf));
            return Poll::Ready(Ok(total));
        }
        if self.inner.is_write_vectored() {
            ready!(self.as_mut().poll_empty(cx))?;
            return self.get_pin_mut().poll_write_vectored(cx, bufs);
        }
        // As many as fit, one at least.
        let mut count = 0;
        for buf in bufs.iter().filter(|buf| !buf.is_empty()) {
            if count > 0 && buf.len() > self.capacity - self.bytes.len() {
                break;
            }
            let written = ready!(self.as_mut().poll_write(cx, buf))?;
            count += written;
            if written < buf.len() {
                break;
            }
        }
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}

/// What is buffered is written where it belongs before the writer below moves.
impl<W: AsyncWrite + AsyncSeek> AsyncSeek for BufWriter<W> {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        let this = self.project();
        if this.seek.is_some() {
            return Err(io::Error::other("a seek is under way"));
        }
        *this.seek = Some(position);
        Ok(())
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        if self.seek.is_some() {
            // One of the writer below's own has to end first.
            ready!(self.as_mut().get_pin_mut().poll_complete(cx))?;
            ready!(self.as_mut().poll_empty(cx))?;
            let this = self.as_mut().project();
            if let Some(position) = this.seek.take() {
                this.inner.start_seek(position)?;
            }
        }
        self.get_pin_mut().poll_complete(cx)
    }
}

impl<W: AsyncRead> AsyncRead for BufWriter<W> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.get_pin_mut().poll_read(cx, buf)
    }
}

impl<W: AsyncBufRead> AsyncBufRead for BufWriter<W> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        self.get_pin_mut().poll_fill_buf(cx)
    }

    fn consume(self: Pin<&mut Self>, amt: usize) {
        self.get_pin_mut().consume(amt);
    }
}
