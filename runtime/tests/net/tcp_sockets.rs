//! TCP sockets with options of their own, and all that streams can do.

use crate::support::pair;
use futures_lite::future::poll_once;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::io::Interest;
use graph_runtime::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use std::future::poll_fn;
use std::io::{ErrorKind, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::{IntoRawFd, OwnedFd};
use std::time::Duration;

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[graph_runtime::test]
async fn bound_before_they_connect_or_listen() {
    let socket = TcpSocket::new_v4().expect("there are descriptors");
    socket.bind(any_port()).expect("a port is free");
    let listener = socket.listen(16).expect("it is bound");
    let socket = TcpSocket::new_v4().expect("there are descriptors");
    socket.bind(any_port()).expect("a port is free");
    let from = socket.local_addr().expect("it is bound");
    let mut client = socket.connect(listener.local_addr().unwrap()).await.expect("it listens");
    let (mut server, peer) = listener.accept().await.expect("it was connected to");
    assert_eq!(peer, from);
    client.write_all(b"hello").await.expect("there is room");
    server.read_exact(&mut [0; 5]).await.expect("it was sent");
}

#[graph_runtime::test]
async fn made_of_a_descriptor() {
    let socket = TcpSocket::new_v4().expect("there are descriptors");
    let socket = TcpSocket::from(OwnedFd::from(socket));
    socket.bind(any_port()).expect("a port is free");
    let listener = socket.listen(16).expect("it is bound");
    let number = TcpSocket::new_v4().expect("there are descriptors").into_raw_fd();
    let descriptors = std::fs::read_link(format!("/proc/self/fd/{number}"));
    assert!(descriptors.expect("it is open").to_string_lossy().starts_with("socket:"));
    TcpStream::connect(listener.local_addr().unwrap()).await.expect("it listens");
}

#[graph_runtime::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let refused = TcpSocket::new_v4().expect("there are descriptors").connect(address).await;
    assert_eq!(refused.expect_err("nobody listens").kind(), ErrorKind::ConnectionRefused);
}

#[graph_runtime::test]
async fn what_is_set_is_got() {
    let socket = TcpSocket::new_v4().expect("there are descriptors");
    for (set, get) in [
        (TcpSocket::set_keepalive as fn(&_, _) -> _, TcpSocket::keepalive as fn(&_) -> _),
        (TcpSocket::set_reuseaddr, TcpSocket::reuseaddr),
        (TcpSocket::set_reuseport, TcpSocket::reuseport),
        (TcpSocket::set_nodelay, TcpSocket::nodelay),
    ] {
        for value in [true, false] {
            let set: std::io::Result<()> = set(&socket, value);
            set.expect("it is open");
            let got: std::io::Result<bool> = get(&socket);
            assert_eq!(got.expect("it is open"), value);
        }
    }
    socket.set_linger(Some(Duration::from_secs(3))).expect("it is open");
    assert_eq!(socket.linger().expect("it is open"), Some(Duration::from_secs(3)));
    socket.set_send_buffer_size(32 * 1024).expect("it is open");
    assert!(socket.send_buffer_size().expect("it is open") >= 32 * 1024);
    socket.set_recv_buffer_size(32 * 1024).expect("it is open");
    assert!(socket.recv_buffer_size().expect("it is open") >= 32 * 1024);
    assert!(TcpSocket::new_v6().is_ok());
}

#[graph_runtime::test]
async fn dropped_without_lingering_resets() {
    let (client, mut server) = pair().await;
    client.set_zero_linger().expect("it is open");
    drop(client);
    let error = server.read(&mut [0]).await.expect_err("it was reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[graph_runtime::test]
async fn without_waiting() {
    let (client, server) = pair().await;
    let mut buffer = [0; 8];
    assert_eq!(server.try_read(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
    let slices = [IoSlice::new(b"one"), IoSlice::new(b"two")];
    client.writable().await.expect("there is room");
    assert_eq!(client.try_write_vectored(&slices).expect("there is room"), 6);
    server.readable().await.expect("it was sent");
    let (mut first, mut second) = ([0; 2], [0; 2]);
    let mut buffers = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    assert_eq!(server.try_read_vectored(&mut buffers).expect("it was sent"), 4);
    assert_eq!((&first, &second), (b"on", b"et"));
    let mut rest = [const { MaybeUninit::uninit() }; 8];
    let peeked = poll_fn(|context| server.poll_peek(context, &mut buffer)).await;
    assert_eq!(peeked.expect("it was sent"), 2);
    assert_eq!(server.try_read_uninit(&mut rest).expect("it was sent"), 2);
    assert!(
        poll_once(poll_fn(|context| server.poll_read_uninit(context, &mut rest))).await.is_none()
    );
    drop(client);
    let end = poll_fn(|context| server.poll_read_uninit(context, &mut rest)).await;
    assert_eq!(end.expect("the end is no error"), 0);
    assert!(server.ready(Interest::READABLE).await.expect("the runtime runs").is_read_closed());
}

#[graph_runtime::test]
async fn to_the_standard_library_and_back() {
    let (client, mut server) = pair().await;
    assert!(poll_once(client.readable()).await.is_none(), "it is registered");
    let std = client.into_std().expect("it is open");
    let mut client = TcpStream::from_std(std).expect("it is open");
    server.write_all(b"back").await.expect("there is room");
    client.read_exact(&mut [0; 4]).await.expect("it was sent");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let listener = TcpListener::from_std(listener.into_std().expect("it is open"));
    let _client = TcpStream::connect(address).await.expect("it listens");
    listener.expect("it is open").accept().await.expect("it was connected to");
}

#[graph_runtime::test]
async fn names_are_looked_up() {
    let mut addresses = lookup_host("localhost:80").await.expect("every system knows it");
    assert!(addresses.all(|address| address.ip().is_loopback() && address.port() == 80));
    let literal = lookup_host(any_port()).await.expect("there is nothing to look up");
    assert_eq!(literal.collect::<Vec<_>>(), [any_port()]);
}
