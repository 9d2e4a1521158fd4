//! Addresses, options, and sockets of the standard library.

use crate::support::{listen, pair};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream};
use std::io;

#[graph_runtime::test]
async fn what_is_set_is_got() {
    let (listener, address) = listen().await;
    listener.set_ttl(77).expect("a valid number");
    assert_eq!(listener.ttl().expect("it is open"), 77);
    assert!(listener.set_ttl(0).is_err(), "no packet would leave");
    let (client, server) = pair().await;
    assert_ne!(client.peer_addr().expect("it is connected"), address);
    assert_eq!(client.peer_addr().unwrap(), server.local_addr().unwrap());
    assert_eq!(server.peer_addr().unwrap(), client.local_addr().unwrap());
    assert!(!client.nodelay().expect("it is open"));
    client.set_nodelay(true).expect("it is open");
    assert!(client.nodelay().expect("it is open"));
    client.set_ttl(33).expect("a valid number");
    assert_eq!(client.ttl().expect("it is open"), 33);
    assert!(client.take_error().expect("it is open").is_none());
}

#[graph_runtime::test]
async fn sockets_of_the_standard_library_are_taken_over() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).expect("it listens");
    let mut client = TcpStream::from_std(client).expect("it is open");
    let listener = TcpListener::try_from(listener).expect("it is open");
    let (mut server, _) = listener.accept().await.expect("it was connected to");
    let reading = graph_runtime::spawn(async move {
        let mut received = [0; 2];
        server.read_exact(&mut received).await.map(|()| received)
    });
    client.write_all(b"ok").await.expect("there is room");
    assert_eq!(&reading.await.expect("it does not panic").expect("it was sent"), b"ok");
}

#[graph_runtime::test]
async fn trying_does_not_wait() {
    let (client, server) = pair().await;
    let error = server.try_read(&mut [0; 8]).expect_err("nothing was sent");
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    let mut sent = 0;
    loop {
        match client.try_write(&[1; 5000]) {
            Ok(written) => sent += written,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => panic!("it is open: {error}"),
        }
    }
    let mut buffer = vec![0; 5000];
    while sent > 0 {
        server.readable().await.expect("the runtime lives");
        match server.try_read(&mut buffer) {
            Ok(read) => sent -= read,
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
        }
    }
    client.writable().await.expect("there is room again");
    assert_eq!(client.try_write(b"!").expect("there is room again"), 1);
}
