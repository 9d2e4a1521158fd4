//! Operations that are given up take nothing with them.

use crate::support::{each_runtime, pair};
use futures_lite::future::poll_once;
use futures_lite::{AsyncReadExt, AsyncWriteExt};

#[test]
fn a_cancelled_read_loses_no_byte() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let (mut client, mut server) = pair().await;
            for round in 0..100 {
                let mut buffer = [0; 16];
                let mut given_up = server.read(&mut buffer);
                assert!(poll_once(&mut given_up).await.is_none(), "nothing was sent yet");
                client.write_all(&[round]).await.expect("there is room");
                let mut peeked = [0; 16];
                assert_eq!(server.peek(&mut peeked).await.expect("it was sent"), 1);
                assert_eq!(server.read(&mut buffer).await.expect("it is still there"), 1);
                assert_eq!((peeked[0], buffer[0]), (round, round));
            }
        });
    });
}

#[graph_runtime::test]
async fn a_cancelled_wait_leaves_the_stream_ready() {
    let (mut client, server) = pair().await;
    assert!(poll_once(server.readable()).await.is_none());
    client.write_all(b"here").await.expect("there is room");
    server.readable().await.expect("it was sent");
    assert!(poll_once(server.readable()).await.is_some(), "nobody has read it");
    let mut buffer = [0; 4];
    assert_eq!(server.try_read(&mut buffer).expect("it is there"), 4);
    let error = server.try_read(&mut buffer).expect_err("that was all");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    assert!(poll_once(server.readable()).await.is_none(), "it was taken back");
}

#[test]
fn a_cancelled_write_has_sent_what_it_said() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let (mut client, mut server) = pair().await;
            // Until the buffers of both ends are full.
            let mut sent = 0_usize;
            while let Some(written) = poll_once(client.write(&[7; 10_000])).await {
                sent += written.expect("there is room");
            }
            drop(client);
            let mut received = Vec::new();
            server.read_to_end(&mut received).await.expect("the peer closed");
            assert_eq!(received.len(), sent);
        });
    });
}
