//! Sockets for datagrams receive into buffers of tokio's kinds.

use std::future::poll_fn;

use tokio::io::{ErrorKind, ReadBuf};
use tokio::net::{UdpSocket, UnixDatagram};

async fn pair() -> (UdpSocket, UdpSocket) {
    let here = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let there = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    here.connect(there.local_addr().unwrap()).await.unwrap();
    there.connect(here.local_addr().unwrap()).await.unwrap();
    (here, there)
}

#[tokio::test]
async fn a_datagram_is_appended() {
    let (here, there) = pair().await;
    here.send(b"ping").await.unwrap();
    let mut buf = Vec::with_capacity(16);
    buf.extend_from_slice(b"> ");
    let received = there.recv_buf_from(&mut buf).await.unwrap();
    assert_eq!((received, &buf[..]), ((4, here.local_addr().unwrap()), &b"> ping"[..]));
}

#[tokio::test]
async fn nothing_to_receive_leaves_the_buffer_alone() {
    let (_here, there) = pair().await;
    let mut buf = vec![1, 2];
    let error = there.try_recv_buf(&mut buf).unwrap_err();
    assert_eq!((error.kind(), buf), (ErrorKind::WouldBlock, vec![1, 2]));
}

#[tokio::test]
async fn a_peek_leaves_the_datagram_to_be_received() {
    let (here, there) = pair().await;
    here.send(b"ping").await.unwrap();
    let mut memory = [0; 16];
    let mut peeked = ReadBuf::new(&mut memory);
    let from = poll_fn(|cx| there.poll_peek_from(cx, &mut peeked)).await.unwrap();
    assert_eq!((from, peeked.filled()), (here.local_addr().unwrap(), &b"ping"[..]));
    peeked.clear();
    poll_fn(|cx| there.poll_recv(cx, &mut peeked)).await.unwrap();
    assert_eq!(peeked.filled(), b"ping");
}

#[tokio::test]
async fn unix_sockets_do_too() {
    let (here, there) = UnixDatagram::pair().unwrap();
    let mut buf = Vec::with_capacity(16);
    let receiving = tokio::spawn(async move { there.recv_buf(&mut buf).await.map(|_| buf) });
    here.send(b"ping").await.unwrap();
    assert_eq!(receiving.await.unwrap().unwrap(), b"ping");
}
