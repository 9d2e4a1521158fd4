use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use super::{Lines, Split};
use crate::io::AsyncBufRead;

/// What every [`AsyncBufRead`] can do.
///
/// # Cancel safety
///
/// [`fill_buf`](Self::fill_buf) loses nothing when it is dropped. The others have appended to their
/// buffer what they had read, except [`read_line`](Self::read_line), which loses it and leaves its
/// string empty.
///
/// ```
/// use tokio::io::AsyncBufReadExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut lines = b"one\ntwo\r\n".lines();
/// assert_eq!(lines.next_line().await?.as_deref(), Some("one"));
/// assert_eq!(lines.next_line().await?.as_deref(), Some("two"));
/// assert_eq!(lines.next_line().await?, None);
/// # Ok(())
/// # }
/// ```
pub trait AsyncBufReadExt: AsyncBufRead {
    /// Appends all up to `byte`, with it, or up to the end; says how much.
    ///
    /// # Errors
    ///
    /// Whatever the source reports; what came before is in `buf`.
    fn read_until(&mut self, byte: u8, buf: &mut Vec<u8>) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move {
            let start = buf.len();
            poll_fn(|cx| poll_read_until(Pin::new(&mut *self), cx, byte, buf)).await?;
            Ok(buf.len() - start)
        }
    }

    /// Appends a line with its end, or what there is up to the end; says how much.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8, and then `buf` is as it was; what is inside of it is the
    /// [`Utf8Error`](std::str::Utf8Error) of all that `buf` would have been. And whatever the
    /// source reports; then `buf` has what came before, if it is text.
    fn read_line(&mut self, buf: &mut String) -> impl Future<Output = io::Result<usize>>
    where
        Self: Unpin,
    {
        async move {
            let start = buf.len();
            let mut line = std::mem::take(buf).into_bytes();
            let read = self.read_until(b'\n', &mut line).await;
            let text = super::put_back(buf, line, start);
            read.and_then(|count| text.map(|()| count))
        }
    }

    /// The parts between one `byte` and the next, without it.
    fn split(self, byte: u8) -> Split<Self>
    where
        Self: Sized + Unpin,
    {
        Split::new(self, byte)
    }

    /// What is buffered, after reading more if that was nothing; empty at the end.
    fn fill_buf(&mut self) -> impl Future<Output = io::Result<&[u8]>>
    where
        Self: Unpin,
    {
        async move {
            let is_end =
                poll_fn(|cx| Pin::new(&mut *self).poll_fill_buf(cx).map_ok(<[u8]>::is_empty))
                    .await?;
            if is_end {
                return Ok(&[][..]);
            }
            // What was shown may be lent only from here, so the reader is asked again.
            match Pin::new(self).poll_fill_buf(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(buffered) => buffered,
                Poll::Pending => Err(io::Error::other("the reader lost what it had buffered")),
            }
        }
    }

    /// Takes `amt` bytes off what is buffered.
    fn consume(&mut self, amt: usize)
    where
        Self: Unpin,
    {
        Pin::new(self).consume(amt);
    }

    /// The lines, without their ends.
    fn lines(self) -> Lines<Self>
    where
        Self: Sized,
    {
        Lines::new(self)
    }
}

impl<R: AsyncBufRead + ?Sized> AsyncBufReadExt for R {}

/// Appends all up to `byte`, with it, or up to the end. What was appended when it has to wait
/// stays.
pub(super) fn poll_read_until<R: AsyncBufRead + ?Sized>(
    mut reader: Pin<&mut R>,
    cx: &mut Context<'_>,
    byte: u8,
    buf: &mut Vec<u8>,
) -> Poll<io::Result<()>> {
    loop {
        let buffered = match ready!(reader.as_mut().poll_fill_buf(cx)) {
            Ok(buffered) => buffered,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Poll::Ready(Err(error)),
        };
        let found = buffered.iter().position(|it| *it == byte);
        let count = found.map_or(buffered.len(), |index| index + 1);
        buf.extend_from_slice(&buffered[..count]);
        reader.as_mut().consume(count);
        if found.is_some() || count == 0 {
            return Poll::Ready(Ok(()));
        }
    }
}
