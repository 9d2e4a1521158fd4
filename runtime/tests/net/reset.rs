//! A peer that closes with unread data resets the connection.

use crate::support::{listen, tell_when_waiting, workers};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::spawn;
use std::io;
use std::net::TcpStream;
use std::sync::mpsc::channel;

#[test]
fn a_waiting_read_reports_it() {
    let runtime = workers(2);
    let (listener, address) = runtime.block_on(listen());
    let peer = TcpStream::connect(address).expect("it listens");
    let (waiting, waits) = channel();
    let read = runtime.spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("it was connected to");
        stream.write_all(b"unread").await.expect("there is room");
        let read = tell_when_waiting(stream.read(&mut [0]), waiting).await;
        // What was reported once is over: the end, not an error for ever.
        assert!(!matches!(stream.read(&mut [0]).await, Ok(1..)));
        let written = spawn(async move { stream.write(b"late").await }).await;
        (read, written.expect("it does not panic"))
    });
    waits.recv().expect("it waits");
    peer.peek(&mut [0]).expect("the data has arrived");
    drop(peer);
    let (read, written) = runtime.block_on(read).expect("it does not panic");
    assert_eq!(read.expect_err("it was reset").kind(), io::ErrorKind::ConnectionReset);
    assert!(written.is_err());
}
