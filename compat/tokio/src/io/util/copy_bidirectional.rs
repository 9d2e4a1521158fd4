use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::CAPACITY;
use super::copy::Transfer;
use crate::io::{AsyncRead, AsyncWrite};

/// One direction: first all is copied, then the writer is shut down.
enum Direction {
    Copying(Transfer),
    ShuttingDown(u64),
    Done(u64),
}

impl Direction {
    fn poll<R, W>(
        &mut self,
        cx: &mut Context<'_>,
        mut reader: Pin<&mut R>,
        mut writer: Pin<&mut W>,
    ) -> Poll<io::Result<u64>>
    where
        R: AsyncRead + ?Sized,
        W: AsyncWrite + ?Sized,
    {
        loop {
            *self = match self {
                Self::Copying(transfer) => {
                    let total = ready!(transfer.poll(cx, reader.as_mut(), writer.as_mut()))?;
                    Self::ShuttingDown(total)
                }
                Self::ShuttingDown(total) => {
                    ready!(writer.as_mut().poll_shutdown(cx))?;
                    Self::Done(*total)
                }
                Self::Done(total) => return Poll::Ready(Ok(*total)),
            };
        }
    }
}

/// Copies what comes from either to the other until both have ended, each end being passed on by
/// shutting the other down; the numbers of bytes from `a` to `b` and back.
///
/// # Errors
///
/// Whatever either of them reports.
pub async fn copy_bidirectional<A, B>(a: &mut A, b: &mut B) -> io::Result<(u64, u64)>
where
    A: AsyncRead + AsyncWrite + Unpin + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    copy_bidirectional_with_sizes(a, b, CAPACITY, CAPACITY).await
}

/// Like [`copy_bidirectional`], with buffers of so many bytes.
///
/// # Errors
///
/// Whatever either of them reports.
///
/// # Panics
///
/// If either buffer has no room: nothing could ever be copied.
pub async fn copy_bidirectional_with_sizes<A, B>(
    a: &mut A,
    b: &mut B,
    a_to_b_buf_size: usize,
    b_to_a_buf_size: usize,
) -> io::Result<(u64, u64)>
where
    A: AsyncRead + AsyncWrite + Unpin + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    assert!(a_to_b_buf_size > 0, "`a_to_b_buf_size` must be greater than 0");
    assert!(b_to_a_buf_size > 0, "`b_to_a_buf_size` must be greater than 0");
    let mut there = Direction::Copying(Transfer::new(a_to_b_buf_size));
    let mut back = Direction::Copying(Transfer::new(b_to_a_buf_size));
    poll_fn(|cx| {
        let a_to_b = there.poll(cx, Pin::new(&mut *a), Pin::new(&mut *b))?;
        let b_to_a = back.poll(cx, Pin::new(&mut *b), Pin::new(&mut *a))?;
        Poll::Ready(Ok((ready!(a_to_b), ready!(b_to_a))))
    })
    .await
}
