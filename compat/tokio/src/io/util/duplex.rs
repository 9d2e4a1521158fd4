use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use super::charge_if_ready;
use super::simplex::{SimplexStream, wake};
use crate::io::{AsyncRead, AsyncWrite, ReadBuf};

/// One direction, shared by its two ends.
type Pipe = Arc<Mutex<SimplexStream>>;

/// One end of a connection in memory; made by [`duplex`].
#[derive(Debug)]
pub struct DuplexStream {
    incoming: Pipe,
    outgoing: Pipe,
}

/// Both ends of a connection in memory, that holds up to `max_buf_size` bytes in either direction.
///
/// ```
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let (mut here, mut there) = tokio::io::duplex(64);
/// here.write_all(b"ping").await?;
/// let mut bytes = [0; 4];
/// there.read_exact(&mut bytes).await?;
/// assert_eq!(&bytes, b"ping");
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// If `max_buf_size` is 0.
#[track_caller]
pub fn duplex(max_buf_size: usize) -> (DuplexStream, DuplexStream) {
    let there = Arc::new(Mutex::new(SimplexStream::new_unsplit(max_buf_size)));
    let back = Arc::new(Mutex::new(SimplexStream::new_unsplit(max_buf_size)));
    let other = DuplexStream { incoming: there.clone(), outgoing: back.clone() };
    (DuplexStream { incoming: back, outgoing: there }, other)
}

fn lock(pipe: &Pipe) -> MutexGuard<'_, SimplexStream> {
    pipe.lock().unwrap_or_else(PoisonError::into_inner)
}

impl AsyncRead for DuplexStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        charge_if_ready(cx, |cx| {
            let (read, woken) = lock(&self.incoming).take_out(cx, buf);
            wake(woken);
            read
        })
    }
}

impl AsyncWrite for DuplexStream {
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
        let woken = lock(&self.outgoing).close_write();
        wake(woken);
        Poll::Ready(Ok(()))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        charge_if_ready(cx, |cx| {
            let (written, woken) = lock(&self.outgoing).put_in(cx, bufs);
            wake(woken);
            written
        })
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        let reader = lock(&self.outgoing).close_write();
        let others = lock(&self.incoming).close_read();
        wake(reader);
        wake(others.into_iter().flatten());
    }
}
