//! What is sent comes back, byte for byte.

use crate::support::{bytes, each_runtime, listen};
use futures_lite::{AsyncReadExt, AsyncWriteExt, future, io};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::spawn;
use std::net::SocketAddr;

/// Serves `connections` connections, each in a task of its own, until their peers close.
async fn serve(listener: TcpListener, connections: usize) {
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (stream, _) = listener.accept().await.expect("it listens");
        tasks.push(spawn(async move {
            io::copy(&stream, &mut &stream).await.expect("the peer reads");
        }));
    }
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

/// Sends `length` bytes while it reads them back.
async fn ask(address: SocketAddr, seed: u64, length: usize) {
    let stream = TcpStream::connect(address).await.expect("it listens");
    let sent = bytes(seed, length);
    let send = async {
        (&stream).write_all(&sent).await.expect("the peer reads");
        (&stream).close().await.expect("it is open");
    };
    let mut received = Vec::new();
    let receive = async {
        (&stream).read_to_end(&mut received).await.expect("the peer answers");
    };
    future::zip(send, receive).await;
    assert!(received == sent, "connection {seed}: {} of {length} bytes", received.len());
}

fn check(connections: usize, length: usize) {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let (listener, address) = listen().await;
            let server = spawn(serve(listener, connections));
            let clients: Vec<_> =
                (0..connections).map(|seed| spawn(ask(address, seed as u64, length))).collect();
            for client in clients {
                client.await.expect("it does not panic");
            }
            server.await.expect("it does not panic");
        });
    });
}

#[test]
fn one_connection() {
    check(1, 4 << 20);
}

#[test]
fn a_hundred_connections_at_once() {
    check(100, 100_000);
}
