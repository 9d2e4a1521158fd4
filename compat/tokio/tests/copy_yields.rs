//! Copying between ends that are always ready lets others have their turn.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, BufReader, ReadBuf};

/// Without an end, and without a budget of its own.
struct Endless;

impl AsyncRead for Endless {
    fn poll_read(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buf.initialize_unfilled().len();
        buf.advance(room);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Endless {
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Comes back when another task of the same thread has had its turn.
async fn while_another_has_its_turn(copy: impl Future<Output: Send> + Send + 'static) {
    let copying = tokio::spawn(copy);
    tokio::task::yield_now().await;
    tokio::spawn(async {}).await.unwrap();
    copying.abort();
    assert!(copying.await.is_err_and(|error| error.is_cancelled()));
}

#[tokio::test]
async fn through_a_buffer_of_its_own() {
    while_another_has_its_turn(async { tokio::io::copy(&mut Endless, &mut Endless).await }).await;
}

#[tokio::test]
async fn through_the_readers_buffer() {
    while_another_has_its_turn(async {
        tokio::io::copy_buf(&mut BufReader::new(Endless), &mut Endless).await
    })
    .await;
}

#[tokio::test]
async fn in_both_directions() {
    while_another_has_its_turn(async {
        tokio::io::copy_bidirectional(&mut Endless, &mut Endless).await
    })
    .await;
}
