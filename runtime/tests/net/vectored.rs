//! Many buffers in one call, also more than the kernel takes at once.

use crate::support::{bytes, each_runtime, pair};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::TcpStream;
use std::io::{IoSlice, IoSliceMut};

/// The kernel takes 1024.
const SLICES: usize = 3000;
const SLICE: usize = 7;

#[test]
fn more_buffers_than_the_kernel_takes() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let (client, server) = pair().await;
            // Registered, so that readiness matters.
            client.writable().await.expect("the runtime lives");
            let sent = bytes(1, SLICES * SLICE);
            let expected = sent.clone();
            let writer = graph_runtime::spawn(async move { write_all(client, &sent).await });
            let received = read_all(server, expected.len()).await;
            assert!(received == expected);
            writer.await.expect("it does not panic");
        });
    });
}

async fn write_all(mut stream: TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let slices: Vec<_> = bytes.chunks(SLICE).map(IoSlice::new).collect();
        let written = stream.write_vectored(&slices).await.expect("the peer reads");
        assert!(written > 0);
        bytes = &bytes[written..];
    }
}

async fn read_all(mut stream: TcpStream, length: usize) -> Vec<u8> {
    let mut received = vec![0; length];
    let mut filled = 0;
    while filled < length {
        let mut slices: Vec<_> =
            received[filled..].chunks_mut(SLICE).map(IoSliceMut::new).collect();
        let read = stream.read_vectored(&mut slices).await.expect("the peer writes");
        assert!(read > 0);
        filled += read;
    }
    received
}
