//! What can be waited for.

use crate::support::{pair, watched};
use futures_lite::future::poll_once;
use graph_runtime::io::unix::AsyncFd;
use graph_runtime::io::{Interest, Ready};
use rustix::net::SendFlags;
use std::io::Write;
use std::net::{TcpListener, TcpStream};

#[graph_runtime::test]
async fn something_urgent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let client = TcpStream::connect(listener.local_addr().unwrap()).expect("it listens");
    let (server, _) = listener.accept().expect("it was connected to");
    server.set_nonblocking(true).expect("it is open");
    let server = AsyncFd::with_interest(server, Interest::PRIORITY | Interest::READABLE)
        .expect("a socket can be watched");
    (&client).write_all(b"usual").expect("there is room");
    server.readable().await.expect("it was sent").retain_ready();
    assert!(poll_once(server.ready(Interest::PRIORITY)).await.is_none());
    rustix::net::send(&client, b"!", SendFlags::OOB).expect("there is room");
    let guard = server.ready(Interest::PRIORITY).await.expect("it was sent");
    assert_eq!(guard.ready(), Ready::PRIORITY);
}

#[graph_runtime::test]
async fn an_error() {
    let (reader, writer) = rustix::pipe::pipe().expect("there are descriptors");
    let writer = AsyncFd::with_interest(writer, Interest::ERROR).expect("a pipe can be watched");
    assert!(poll_once(writer.ready(Interest::ERROR)).await.is_none());
    drop(reader);
    let guard = writer.ready(Interest::ERROR).await.expect("nobody reads any more");
    assert!(guard.ready().is_error() && !guard.ready().is_writable());
}

#[graph_runtime::test]
async fn only_what_was_asked_for_is_told() {
    let (here, mut there) = pair();
    let here = AsyncFd::with_interest(here, Interest::READABLE).expect("it can be watched");
    there.write_all(b"x").expect("there is room");
    let both = Interest::READABLE | Interest::WRITABLE;
    let guard = here.ready(both).await.expect("it was sent");
    assert_eq!(guard.ready(), Ready::READABLE, "nobody watches for writing");
}

#[graph_runtime::test]
async fn either_of_two() {
    let (here, mut there) = watched();
    let both = Interest::READABLE | Interest::WRITABLE;
    here.ready(both).await.expect("there is room").clear_ready();
    assert!(poll_once(here.ready(both)).await.is_none());
    there.write_all(b"x").expect("there is room");
    assert!(here.ready(both).await.expect("it was sent").ready().is_readable());
}
