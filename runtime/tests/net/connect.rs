//! Connecting: refused, in order, and when it takes a while.

use crate::support::{each_runtime, listen};
use futures_lite::future::poll_once;
use graph_runtime::net::{TcpListener, TcpStream};
use std::io;
use std::net::SocketAddr;

/// An address where nobody listens any more.
fn dead() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it is bound")
}

#[test]
fn refused() {
    each_runtime(|runtime| {
        let error = runtime.block_on(TcpStream::connect(dead())).expect_err("nobody listens");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    });
}

#[graph_runtime::test]
async fn addresses_are_tried_in_order() {
    let (listener, address) = listen().await;
    let (_other, other) = listen().await;
    let stream = TcpStream::connect(&[dead(), address, other][..]).await.expect("one listens");
    assert_eq!(stream.peer_addr().expect("it is connected"), address);
    listener.accept().await.expect("it was connected to");
    let error = TcpStream::connect(&[dead(), dead()][..]).await.expect_err("nobody listens");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[graph_runtime::test]
async fn a_taken_address_is_passed_over() {
    let (_listener, taken) = listen().await;
    let error = TcpListener::bind(taken).await.expect_err("it is taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = TcpListener::bind(&[taken, free][..]).await.expect("the second is free");
    assert_ne!(listener.local_addr().expect("it is bound"), taken);
}

#[graph_runtime::test]
async fn a_host_name_is_looked_up() {
    let listener = TcpListener::bind("localhost:0").await.expect("every system knows it");
    let port = listener.local_addr().expect("it is bound").port();
    let stream = TcpStream::connect(("localhost", port)).await.expect("it listens");
    assert_eq!(stream.peer_addr().expect("it is connected").port(), port);
}

/// The kernel drops requests to connect while the listener's queue is full, and repeats them after
/// a second.
#[graph_runtime::test]
async fn waits_for_a_listener_with_a_full_queue() {
    let (listener, address) = listen().await;
    let mut connected = Vec::new();
    let late = loop {
        let mut connecting = Box::pin(TcpStream::connect(address));
        match poll_once(&mut connecting).await {
            Some(stream) => connected.push(stream.expect("it listens")),
            None => break connecting,
        }
        assert!(connected.len() < 100_000, "the queue is never full");
    };
    for _ in &connected {
        listener.accept().await.expect("it was connected to");
    }
    let late = late.await.expect("there is room now");
    let (_server, peer) = listener.accept().await.expect("it was connected to");
    assert_eq!(peer, late.local_addr().expect("it is connected"));
}
