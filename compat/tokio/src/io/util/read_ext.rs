use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes_crate::BufMut;

use super::read_to_end::read_to_end;
use super::{Chain, Take, numbers, poll_uninterrupted};
use crate::io::read_buf::lend;
use crate::io::{AsyncRead, ReadBuf};

/// What every [`AsyncRead`] can do.
///
/// # Cancel safety
///
/// [`read`](Self::read) and [`read_buf`](Self::read_buf) lose nothing when they are dropped. The
/// others may have read a part by then, which is gone; [`read_to_string`](Self::read_to_string)
/// then leaves its string empty.
///
/// # Interruptions
///
/// Those that go on until they have all of something try again what fails with `Interrupted`;
/// [`read`](Self::read) and [`read_buf`](Self::read_buf) report it.
///
/// ```
/// use tokio::io::AsyncReadExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut source = &b"\x01\x02rest"[..];
/// assert_eq!(source.read_u16().await?, 0x0102);
/// let mut rest = String::new();
/// source.read_to_string(&mut rest).await?;
/// assert_eq!(rest, "rest");
/// # Ok(())
/// # }
/// ```
pub trait AsyncReadExt: AsyncRead {
    /// Goes on with `next` where this one ends.
    fn chain<R: AsyncRead>(self, next: R) -> Chain<Self, R>
    where
        Self: Sized,
    {
        Chain::new(self, next)
    }

    /// Reads some bytes, and says how many; 0 at the end, or if `buf` is empty.
    fn read(&mut self, buf: &mut [u8]) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move {
            let mut buf = ReadBuf::new(buf);
            poll_fn(|cx| Pin::new(&mut *self).poll_read(cx, &mut buf)).await?;
            Ok(buf.filled().len())
        }
    }

    /// Reads some bytes to the end of `buf`, and says how many; 0 at the end, or if `buf` is full.
    fn read_buf<B: BufMut + ?Sized>(
        &mut self,
        buf: &mut B,
    ) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move { poll_fn(|cx| poll_read_buf(Pin::new(&mut *self), cx, buf)).await }
    }

    /// Fills `buf`, and returns its length.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` if the end comes first, and whatever the source reports.
    fn read_exact(&mut self, buf: &mut [u8]) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move {
            let mut buf = ReadBuf::new(buf);
            while buf.remaining() > 0 {
                let before = buf.remaining();
                poll_fn(|cx| poll_uninterrupted(|| Pin::new(&mut *self).poll_read(cx, &mut buf)))
                    .await?;
                if buf.remaining() == before {
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "early eof"));
                }
            }
            Ok(buf.capacity())
        }
    }

    numbers::read_methods!();

    /// Appends all there is until the end, and says how much.
    ///
    /// # Errors
    ///
    /// Whatever the source reports; what came before is in `buf`.
    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        read_to_end(self, buf)
    }

    /// Like [`read_to_end`](Self::read_to_end), for text.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8, and whatever the source reports; `dst` is as it was. What
    /// is inside of `InvalidData` is the [`Utf8Error`](std::str::Utf8Error) of all that `dst` would
    /// have been.
    fn read_to_string(&mut self, dst: &mut String) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move {
            let start = dst.len();
            let mut bytes = std::mem::take(dst).into_bytes();
            let read = read_to_end(self, &mut bytes).await;
            if read.is_err() {
                bytes.truncate(start);
            }
            super::put_back(dst, bytes, start)?;
            read
        }
    }

    /// At most `limit` bytes of it.
    fn take(self, limit: u64) -> Take<Self>
    where
        Self: Sized,
    {
        Take::new(self, limit)
    }
}

impl<R: AsyncRead + ?Sized> AsyncReadExt for R {}

/// Reads once into the free part of `buf`, and says how much came.
///
/// A buffer without a bound grows as it likes; one with no room gets nothing.
fn poll_read_buf<R, B>(
    reader: Pin<&mut R>,
    cx: &mut Context<'_>,
    buf: &mut B,
) -> Poll<io::Result<usize>>
where
    R: AsyncRead + ?Sized,
    B: BufMut + ?Sized,
{
    if !buf.has_remaining_mut() {
        return Poll::Ready(Ok(0));
    }
    lend(buf, |lent| match reader.poll_read(cx, lent) {
        Poll::Ready(Ok(())) => Poll::Ready(Ok(lent.filled().len())),
        nothing => {
            // What it filled all the same does not count.
            lent.clear();
            nothing.map_ok(|()| 0)
        }
    })
}
