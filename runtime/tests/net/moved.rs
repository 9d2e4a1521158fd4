//! A registered stream is used from another runtime or from a plain thread.

use crate::support::{current_thread, pair, workers};
use futures_lite::future::{block_on, poll_once};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use std::thread;

#[test]
fn to_another_runtime() {
    let home = workers(1);
    let (mut client, mut server) = home.block_on(async {
        let (client, mut server) = pair().await;
        assert!(poll_once(server.read(&mut [0])).await.is_none());
        (client, server)
    });
    for abroad in [workers(2), current_thread()] {
        (client, server) = abroad.block_on(async {
            let sent = graph_runtime::spawn(async move {
                client.write_all(b"from abroad").await.map(|()| client)
            });
            let mut received = [0; 11];
            server.read_exact(&mut received).await.expect("its home still lives");
            assert_eq!(&received, b"from abroad");
            (sent.await.expect("it does not panic").expect("there is room"), server)
        });
    }
}

#[test]
fn to_a_thread_without_a_runtime() {
    let home = workers(1);
    let (mut client, mut server) = home.block_on(async {
        let (client, mut server) = pair().await;
        assert!(poll_once(server.read(&mut [0])).await.is_none());
        (client, server)
    });
    let reader = thread::spawn(move || {
        let mut received = Vec::new();
        block_on(server.read_to_end(&mut received)).map(|_| received)
    });
    home.block_on(async {
        client.write_all(b"to a thread").await.expect("there is room");
        drop(client);
    });
    let received = reader.join().expect("it does not panic").expect("its home lives");
    assert_eq!(received, b"to a thread");
}
