use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes_crate::Buf;

use super::{numbers, poll_uninterrupted};
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
/// # Interruptions
///
/// Those that go on until all is written try again what fails with `Interrupted`; the others report
/// it.
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
            poll_fn(|cx| poll_write_buf(Pin::new(&mut *self), cx, src)).await
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
                let written = poll_fn(|cx| {
                    poll_uninterrupted(|| poll_write_buf(Pin::new(&mut *self), cx, src))
                });
                if written.await? == 0 {
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
                let written =
                    poll_fn(|cx| poll_uninterrupted(|| Pin::new(&mut *self).poll_write(cx, rest)));
                let count = written.await?;
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

/// Writes once out of `src`, of several pieces if the writer likes that, and advances it.
fn poll_write_buf<W, B>(
    writer: Pin<&mut W>,
    cx: &mut Context<'_>,
    src: &mut B,
) -> Poll<io::Result<usize>>
where
    W: AsyncWrite + ?Sized,
    B: Buf,
{
    let written = if writer.is_write_vectored() {
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let count = src.chunks_vectored(&mut slices);
        writer.poll_write_vectored(cx, &slices[..count])
    } else {
        writer.poll_write(cx, src.chunk())
    };
    written.map_ok(|count| {
        src.advance(count);
        count
    })
}
