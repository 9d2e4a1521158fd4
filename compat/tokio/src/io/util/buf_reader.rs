use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::CAPACITY;
use crate::io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

/// What a seek that takes two steps is at.
#[derive(Debug, Clone, Copy)]
enum Seeking {
    Idle,
    /// This far beyond where the reader's user is, first by what is buffered, then by the rest.
    InTwoSteps(i64),
    Once,
}

pin_project! {
    /// Reads from another reader in large pieces.
    ///
    /// What is buffered is lost when it is dropped. Writing goes past the buffer.
    ///
    /// ```
    /// use tokio::io::{AsyncBufReadExt, BufReader};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let mut line = String::new();
    /// BufReader::new(&b"one\ntwo\n"[..]).read_line(&mut line).await?;
    /// assert_eq!(line, "one\n");
    /// # Ok(())
    /// # }
    /// ```
    #[derive(Debug)]
    pub struct BufReader<R> {
        #[pin]
        inner: R,
        bytes: Box<[u8]>,
        start: usize,
        end: usize,
        seeking: Seeking,
    }
}

impl<R: AsyncRead> BufReader<R> {
    /// Reads through a buffer of 8 KiB.
    pub fn new(inner: R) -> Self {
        Self::with_capacity(CAPACITY, inner)
    }

    /// Reads through a buffer of `capacity` bytes.
    ///
    /// # Panics
    ///
    /// If it is 0: nothing could ever be read.
    #[track_caller]
    pub fn with_capacity(capacity: usize, inner: R) -> Self {
        assert!(capacity > 0, "capacity must be greater than zero");
        let bytes = vec![0; capacity].into_boxed_slice();
        Self { inner, bytes, start: 0, end: 0, seeking: Seeking::Idle }
    }
}

impl<R> BufReader<R> {
    /// The reader below.
    pub fn get_ref(&self) -> &R {
        &self.inner
    }

    /// The reader below. What is read from it here will be missing.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// The reader below, where it is.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner
    }

    /// Gives the reader below back. What is buffered is lost.
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// What is buffered.
    pub fn buffer(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    fn discard(self: Pin<&mut Self>) {
        let this = self.project();
        *this.start = 0;
        *this.end = 0;
    }
}

impl<R: AsyncRead> AsyncRead for BufReader<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Nothing buffered, and as much wanted as the buffer holds: it would only be copied twice.
        if self.start == self.end && buf.remaining() >= self.bytes.len() {
            return self.get_pin_mut().poll_read(cx, buf);
        }
        let buffered = ready!(self.as_mut().poll_fill_buf(cx))?;
        let count = buffered.len().min(buf.remaining());
        buf.put_slice(&buffered[..count]);
        self.consume(count);
        Poll::Ready(Ok(()))
    }
}

impl<R: AsyncRead> AsyncBufRead for BufReader<R> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.project();
        if *this.start == *this.end {
            let mut buf = ReadBuf::new(this.bytes);
            ready!(this.inner.poll_read(cx, &mut buf))?;
            *this.end = buf.filled().len();
            *this.start = 0;
        }
        Poll::Ready(Ok(&this.bytes[*this.start..*this.end]))
    }

    fn consume(self: Pin<&mut Self>, amt: usize) {
        let this = self.project();
        *this.start = (*this.start + amt).min(*this.end);
    }
}

/// Moving discards what is buffered, even if it stays within.
impl<R: AsyncRead + AsyncSeek> AsyncSeek for BufReader<R> {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        let buffered = (self.end - self.start) as i64;
        let this = self.project();
        let (first, seeking) = match position {
            // The reader below is ahead by what is buffered.
            SeekFrom::Current(offset) => match offset.checked_sub(buffered) {
                Some(offset) => (SeekFrom::Current(offset), Seeking::Once),
                None => (SeekFrom::Current(-buffered), Seeking::InTwoSteps(offset)),
            },
            absolute => (absolute, Seeking::Once),
        };
        this.inner.start_seek(first)?;
        *this.seeking = seeking;
        Ok(())
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        let result = ready!(self.as_mut().get_pin_mut().poll_complete(cx));
        // Also if it failed: then it is over, and what is buffered stays.
        let seeking = std::mem::replace(self.as_mut().project().seeking, Seeking::Idle);
        let position = result?;
        match seeking {
            Seeking::Idle => Poll::Ready(Ok(position - (self.end - self.start) as u64)),
            Seeking::Once => {
                self.discard();
                Poll::Ready(Ok(position))
            }
            Seeking::InTwoSteps(rest) => {
                self.as_mut().discard();
                let this = self.as_mut().project();
                this.inner.start_seek(SeekFrom::Current(rest))?;
                *this.seeking = Seeking::Once;
                self.poll_complete(cx)
            }
        }
    }
}

impl<R: AsyncWrite> AsyncWrite for BufReader<R> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_pin_mut().poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_pin_mut().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_pin_mut().poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_pin_mut().poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
