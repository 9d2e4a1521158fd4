//! Connections between processes of one machine.

use crate::support::each_runtime;
use futures_lite::future::{poll_once, zip};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::unix::SocketAddr;
use graph_runtime::net::{UnixListener, UnixSocket, UnixStream};
use std::io::ErrorKind;
use std::os::linux::net::SocketAddrExt;
use std::path::Path;

#[test]
fn a_client_finds_the_listener_at_its_path() {
    each_runtime(|runtime| {
        let directory = tempfile::tempdir().expect("there is room for temporary files");
        let path = directory.path().join("socket");
        runtime.block_on(async {
            let listener = UnixListener::bind(&path).expect("it is new");
            let (accepted, connected) = zip(listener.accept(), UnixStream::connect(&path)).await;
            let (mut server, address) = accepted.expect("it was connected to");
            let mut client = connected.expect("it listens");
            assert!(address.is_unnamed());
            let named = client.peer_addr().expect("it is connected");
            assert_eq!(named.as_pathname(), Some(path.as_path()));
            assert_eq!(listener.local_addr().unwrap().as_pathname(), Some(path.as_path()));
            client.write_all(b"hello").await.expect("there is room");
            drop(client);
            let mut received = String::new();
            server.read_to_string(&mut received).await.expect("it was sent");
            assert_eq!(received, "hello");
            assert!(UnixListener::bind(&path).is_err(), "the path is taken");
        });
    });
}

#[graph_runtime::test]
async fn a_name_need_not_be_a_path() {
    let name = format!("\0graph_runtime-test-{}", std::process::id());
    let listener = UnixListener::bind(Path::new(&name)).expect("nobody else has it");
    let client = UnixStream::connect(&name).await.expect("it listens");
    let (_server, _) = listener.accept().await.expect("it was connected to");
    let peer = client.peer_addr().expect("it is connected");
    assert_eq!(peer.as_abstract_name(), Some(&name.as_bytes()[1..]));
    assert!(peer.as_pathname().is_none() && !peer.is_unnamed());
}

#[graph_runtime::test]
async fn an_address_need_not_be_a_path() {
    let name = format!("graph_runtime-address-{}", std::process::id());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).expect("it is short");
    let address = SocketAddr::from(address);
    let listener = UnixListener::bind_addr(&address).expect("nobody else has it");
    let client = UnixStream::connect_addr(&address).await.expect("it listens");
    listener.accept().await.expect("it was connected to");
    let peer = client.peer_addr().expect("it is connected");
    assert_eq!(peer.as_abstract_name(), Some(name.as_bytes()));
}

#[graph_runtime::test]
async fn who_is_at_the_other_end_is_known() {
    let (here, _there) = UnixStream::pair().expect("there are descriptors");
    let peer = here.peer_cred().expect("it is connected");
    assert_eq!(peer.pid(), Some(std::process::id() as i32));
    assert_eq!(peer.uid(), rustix::process::getuid().as_raw());
    assert_eq!(peer.gid(), rustix::process::getgid().as_raw());
}

#[graph_runtime::test]
async fn a_reader_waits_and_is_woken() {
    let (mut here, mut there) = UnixStream::pair().expect("there are descriptors");
    assert!(poll_once(here.read(&mut [0])).await.is_none());
    let reader = graph_runtime::spawn(async move {
        let mut received = [0; 4];
        here.read_exact(&mut received).await.map(|()| received)
    });
    there.write_all(b"wake").await.expect("there is room");
    assert_eq!(&reader.await.expect("it does not panic").expect("it was sent"), b"wake");
}

#[graph_runtime::test]
async fn closing_ends_one_direction() {
    let (mut here, mut there) = UnixStream::pair().expect("there are descriptors");
    here.close().await.expect("it is connected");
    here.write_all(b"x").await.expect_err("that direction has ended");
    assert_eq!(there.read(&mut [0]).await.expect("the end is no error"), 0);
    there.write_all(b"answer").await.expect("this direction goes on");
    here.read_exact(&mut [0; 6]).await.expect("it was sent");
}

#[graph_runtime::test]
async fn nobody_listens() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let missing = UnixStream::connect(directory.path().join("missing")).await;
    assert_eq!(missing.expect_err("there is no such path").kind(), ErrorKind::NotFound);
}

#[graph_runtime::test]
async fn a_socket_is_of_one_kind() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let path = directory.path().join("socket");
    let datagrams = UnixSocket::new_datagram().expect("there are descriptors");
    datagrams.listen(1).expect_err("nobody connects to it");
    let stream = UnixSocket::new_stream().expect("there are descriptors");
    stream.datagram().expect_err("it is for connections");
    let listener = UnixSocket::new_stream().expect("there are descriptors");
    listener.bind(&path).expect("it is new");
    let listener = listener.listen(1).expect("it is bound");
    let client = UnixSocket::new_stream().expect("there are descriptors");
    let _client = client.connect(&path).await.expect("it listens");
    listener.accept().await.expect("it was connected to");
}

#[graph_runtime::test]
async fn to_the_standard_library_and_back() {
    let (here, mut there) = UnixStream::pair().expect("there are descriptors");
    let here = UnixStream::from_std(here.into_std().expect("it is open"));
    there.write_all(b"back").await.expect("there is room");
    here.expect("it is open").read_exact(&mut [0; 4]).await.expect("it was sent");
}
