//! Sockets on a thread without a runtime.

use futures_lite::future::block_on;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the panic says.
fn message_of(operation: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(operation)).expect_err("it has to wait");
    *payload.downcast::<String>().expect("a formatted message")
}

#[test]
fn waiting_panics_as_asking_for_the_runtime_does() {
    let expected = message_of(|| drop(graph_runtime::runtime::Handle::current()));
    let listener = block_on(TcpListener::bind("127.0.0.1:0")).expect("a literal needs no runtime");
    let address = listener.local_addr().expect("it is bound");
    assert_eq!(message_of(|| drop(block_on(listener.accept()))), expected);
    let client = std::net::TcpStream::connect(address).expect("it listens");
    let mut client = TcpStream::from_std(client).expect("it is open");
    assert_eq!(message_of(|| drop(block_on(client.read(&mut [0])))), expected);
    assert_eq!(message_of(|| drop(block_on(client.readable()))), expected);
    assert_eq!(message_of(|| drop(block_on(TcpStream::connect("localhost:1")))), expected);
}

#[test]
fn what_need_not_wait_works() {
    let listener = block_on(TcpListener::bind("127.0.0.1:0")).expect("a literal needs no runtime");
    let address = listener.local_addr().expect("it is bound");
    let peer = std::net::TcpStream::connect(address).expect("it listens");
    let (mut server, _) = block_on(listener.accept()).expect("it was connected to");
    block_on(server.write_all(b"here")).expect("there is room");
    let mut received = [0; 4];
    std::io::Read::read_exact(&mut &peer, &mut received).expect("it was sent");
    assert_eq!(&received, b"here");
}
