//! Datagrams between processes of one machine.

use futures_lite::future::poll_once;
use graph_runtime::net::UnixDatagram;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::mem::MaybeUninit;

#[graph_runtime::test]
async fn they_arrive_whole_and_in_order() {
    let (here, there) = UnixDatagram::pair().expect("there are descriptors");
    here.send(b"one").await.expect("there is room");
    here.send(b"").await.expect("there is room");
    here.send(b"three").await.expect("there is room");
    let mut buffer = [0; 16];
    for expected in [&b"one"[..], b"", b"three"] {
        let length = there.recv(&mut buffer).await.expect("it was sent");
        assert_eq!(&buffer[..length], expected);
    }
}

#[graph_runtime::test]
async fn they_find_a_path_and_say_where_they_come_from() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let (server_path, client_path) = (directory.path().join("server"), directory.path().join("c"));
    let server = UnixDatagram::bind(&server_path).expect("it is new");
    let client = UnixDatagram::bind(&client_path).expect("it is new");
    assert_eq!(client.send_to(b"ping", &server_path).await.expect("there is room"), 4);
    let mut buffer = [0; 16];
    let (length, from) = server.recv_from(&mut buffer).await.expect("it was sent");
    assert_eq!((length, from.as_pathname()), (4, Some(client_path.as_path())));
    server.connect(&client_path).expect("it exists");
    assert_eq!(server.peer_addr().unwrap().as_pathname(), Some(client_path.as_path()));
    server.send(b"pong").await.expect("there is room");
    assert_eq!(client.recv(&mut buffer).await.expect("it was sent"), 4);
    let nobody = UnixDatagram::unbound().expect("there are descriptors");
    nobody.send_to(b"anonymous", &server_path).await.expect_err("it talks to another");
}

#[graph_runtime::test]
async fn who_sends_waits_until_there_is_room() {
    let (here, there) = UnixDatagram::pair().expect("there are descriptors");
    let mut sent = 0;
    let full = loop {
        match here.try_send(b"more") {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(full.kind(), ErrorKind::WouldBlock);
    assert!(poll_once(here.send(b"last")).await.is_none());
    let sender = graph_runtime::spawn(async move { here.send(b"last").await });
    let mut buffer = [0; 16];
    for _ in 0..sent {
        assert_eq!(there.recv(&mut buffer).await.expect("it was sent"), 4);
    }
    assert_eq!(there.recv(&mut buffer).await.expect("it was sent"), 4);
    assert_eq!(&buffer[..4], b"last");
    sender.await.expect("it does not panic").expect("there was room in the end");
}

#[graph_runtime::test]
async fn by_hand_and_into_memory_that_is_not_initialized() {
    let (here, there) = UnixDatagram::pair().expect("there are descriptors");
    let mut buffer = [const { MaybeUninit::uninit() }; 16];
    let empty = there.try_recv_uninit(&mut buffer).expect_err("nothing was sent");
    assert_eq!(empty.kind(), ErrorKind::WouldBlock);
    poll_fn(|context| here.poll_send(context, b"hand")).await.expect("there is room");
    let received = poll_fn(|context| there.poll_recv_uninit(context, &mut buffer)).await;
    assert_eq!(received.expect("it was sent"), 4);
    here.send(b"again").await.expect("there is room");
    there.readable().await.expect("it was sent");
    let (length, from) = there.try_recv_from_uninit(&mut buffer).expect("it was sent");
    assert!(length == 5 && from.is_unnamed());
}
