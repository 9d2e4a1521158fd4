//! A reader that puts another buffer in place of the one it was lent is found out.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

struct Exchanging;

impl AsyncRead for Exchanging {
    fn poll_read(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut other = ReadBuf::new(Box::leak(Box::new([123; 16])));
        other.set_filled(16);
        *buf = other;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
#[should_panic(expected = "exchanged its buffer")]
async fn by_a_limit() {
    let mut memory = [0; 16];
    let _found_out = Exchanging.take(16).read(&mut memory).await;
}

#[tokio::test]
#[should_panic(expected = "exchanged its buffer")]
async fn by_what_reads_to_the_end() {
    let _found_out = Exchanging.read_to_end(&mut Vec::new()).await;
}
