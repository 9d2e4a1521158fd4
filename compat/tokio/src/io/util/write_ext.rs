use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;

use bytes_crate::Buf;

use super::numbers;
use crate::io::AsyncWrite;

/// Buffers that are written at once, at most.
const SLICES_MAX: usize = 64;

/// What every [`AsyncWrite`] can do.
///
/// # Cancel safety
///
/// [`write`](Self::write), [`write_vectored`](Self::write_vectored) and
/// [`write_buf`](Self::write_buf) have written nothing when they are dropped;
/// [`write_all_buf`](Self::write_all_buf) has advanced its buffer by what it wrote. The others may
/// have written a part.
///
/// ```
/// use tokio::io::AsyncWriteExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut sink = Vec::new();
/// sink.write_u16_le(0x0201).await?;
/// sink.write_all(b"rest").await?;
/// assert_eq!(sink, b"\x01\x02rest");
/// # Ok(())
/// # }
/// ```
pub trait AsyncWriteExt: AsyncWrite {
    /// Writes some of `src`, and says how many bytes.
    fn write(&mut self, src: &[u8]) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move { poll_fn(|cx| Pin::new(&mut *self).poll_write(cx, src)).await }
    }

    /// Writes some of `bufs`, and says how many bytes.
    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move { poll_fn(|cx| Pin::new(&mut *self).poll_write_vectored(cx, bufs)).await }
    }

    /// Writes some of `src`, and advances it by that.
    fn write_buf<B: Buf>(&mut self, src: &mut B) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move {
            if !src.has_remaining() {
                return Ok(0);
            }
            poll_fn(|cx| {
                let this = Pin::new(&mut *self);
                let written = if this.is_write_vectored() {
                    let mut slices = [IoSlice::new(&[]); SLICES_MAX];
                    let count = src.chunks_vectored(&mut slices);
                    this.poll_write_vectored(cx, &slices[..count])
                } else {
                    this.poll_write(cx, src.chunk())
                };
                written.map_ok(|count| {
                    src.advance(count);
                    count
                })
            })
            .await
        }
    }

    /// Writes what remains of `src`, and advances it as it goes.
    ///
    /// # Errors
    ///
    /// `WriteZero` if the sink takes no more, and whatever it reports.
    fn write_all_buf<B: Buf>(&mut self, src: &mut B) -> impl Future<Output = io::Result<()>>
    where
        Self: Unpin,
    {
        async move {
            while src.has_remaining() {
                if self.write_buf(src).await? == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
            }
            Ok(())
        }
    }

    /// Writes all of `src`.
    ///
    /// # Errors
    ///
    /// `WriteZero` if the sink takes no more, and whatever it reports.
    fn write_all(&mut self, src: &[u8]) -> impl Future<Output = io::Result<()>>
    where
        Self: Unpin,
    {
        async move {
            let mut rest = src;
            while !rest.is_empty() {
                let count = poll_fn(|cx| Pin::new(&mut *self).poll_write(cx, rest)).await?;
                if count == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                rest = &rest[count..];
            }
            Ok(())
        }
    }

    numbers::write_methods!();

    /// Passes on all that is buffered.
    fn flush(&mut self) -> impl Future<Output = io::Result<()>>
    where
        Self: Unpin,
    {
        async move { poll_fn(|cx| Pin::new(&mut *self).poll_flush(cx)).await }
    }

    /// Flushes, then says that nothing more will be written.
    fn shutdown(&mut self) -> impl Future<Output = io::Result<()>>
    where
        Self: Unpin,
    {
        async move { poll_fn(|cx| Pin::new(&mut *self).poll_shutdown(cx)).await }
    }
}

impl<W: AsyncWrite + ?Sized> AsyncWriteExt for W {}
