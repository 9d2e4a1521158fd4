//! Datagrams between machines.

use crate::support::{each_runtime, tell_when_waiting};
use futures_lite::future::poll_once;
use graph_runtime::io::{Interest, Ready};
use graph_runtime::net::UdpSocket;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::channel;

async fn bound() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port is free");
    let address = socket.local_addr().expect("it is bound");
    (socket, address)
}

/// Two that are connected to each other.
async fn pair() -> (UdpSocket, UdpSocket) {
    let ((first, first_address), (second, second_address)) = (bound().await, bound().await);
    first.connect(second_address).await.expect("it is bound");
    second.connect(first_address).await.expect("it is bound");
    (first, second)
}

#[test]
fn who_waits_is_woken_by_a_datagram() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let ((server, to), (client, from)) = (bound().await, bound().await);
            let (waits, waiting) = channel();
            let receiving = graph_runtime::spawn(async move {
                let mut buffer = [0; 16];
                let received = tell_when_waiting(server.recv_from(&mut buffer), waits).await;
                received.map(|(length, from)| (buffer[..length].to_vec(), from))
            });
            while waiting.try_recv().is_err() {
                graph_runtime::task::yield_now().await;
            }
            assert_eq!(client.send_to(b"hello", to).await.expect("there is room"), 5);
            let received = receiving.await.expect("it does not panic").expect("it was sent");
            assert_eq!(received, (b"hello".to_vec(), from));
        });
    });
}

#[graph_runtime::test]
async fn a_connected_one_hears_nobody_else() {
    let (first, second) = pair().await;
    let (stranger, _) = bound().await;
    let to = first.local_addr().expect("it is bound");
    stranger.send_to(b"stranger", to).await.expect("there is room");
    second.send(b"friend").await.expect("there is room");
    let mut buffer = [0; 16];
    let length = first.recv(&mut buffer).await.expect("it was sent");
    assert_eq!(&buffer[..length], b"friend");
    assert_eq!(first.peer_addr().unwrap(), second.local_addr().unwrap());
}

#[graph_runtime::test]
async fn what_was_peeked_at_is_still_there() {
    let (first, second) = pair().await;
    first.send(b"once").await.expect("there is room");
    let mut buffer = [0; 16];
    let sender = first.local_addr().expect("it is bound");
    assert_eq!(second.peek_sender().await.expect("it was sent"), sender);
    assert_eq!(second.peek(&mut buffer).await.expect("it was sent"), 4);
    assert_eq!(second.peek_from(&mut buffer).await.expect("it was sent"), (4, sender));
    assert_eq!(second.recv_from(&mut buffer).await.expect("it was sent"), (4, sender));
    assert!(poll_once(second.peek(&mut buffer)).await.is_none(), "it was taken");
}

#[graph_runtime::test]
async fn without_waiting() {
    let (first, second) = pair().await;
    let mut buffer = [0; 16];
    let empty = second.try_recv(&mut buffer).expect_err("nothing was sent");
    assert_eq!(empty.kind(), ErrorKind::WouldBlock);
    first.writable().await.expect("there is room");
    assert_eq!(first.try_send(b"one").expect("there is room"), 3);
    let to = second.local_addr().expect("it is bound");
    assert_eq!(first.try_send_to(b"three", to).expect("there is room"), 5);
    second.readable().await.expect("it was sent");
    assert_eq!(second.try_recv(&mut buffer).expect("it was sent"), 3);
    assert_eq!(second.try_recv_from(&mut buffer).expect("it was sent").0, 5);
    assert_eq!(second.try_peek(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[graph_runtime::test]
async fn by_hand_and_into_memory_that_is_not_initialized() {
    let (first, second) = pair().await;
    let to = second.local_addr().expect("it is bound");
    poll_fn(|context| first.poll_send_ready(context)).await.expect("there is room");
    let sent = poll_fn(|context| first.poll_send_to(context, b"hand", to)).await;
    assert_eq!(sent.expect("there is room"), 4);
    poll_fn(|context| second.poll_recv_ready(context)).await.expect("it was sent");
    let mut buffer = [const { MaybeUninit::uninit() }; 16];
    let received = poll_fn(|context| second.poll_recv_from_uninit(context, &mut buffer)).await;
    assert_eq!(received.expect("it was sent"), (4, first.local_addr().unwrap()));
    first.send(b"again").await.expect("there is room");
    second.readable().await.expect("it was sent");
    assert_eq!(second.try_recv_uninit(&mut buffer).expect("it was sent"), 5);
}

#[graph_runtime::test]
async fn operations_of_the_callers_own() {
    let (first, second) = pair().await;
    assert!(first.ready(Interest::WRITABLE).await.expect("there is room").is_writable());
    first.send(b"own").await.expect("there is room");
    let both = Interest::READABLE | Interest::WRITABLE;
    let ready = loop {
        let ready = second.ready(both).await.expect("the runtime runs");
        if ready.is_readable() {
            break ready;
        }
        graph_runtime::task::yield_now().await;
    };
    assert_eq!(ready & Ready::READABLE, Ready::READABLE);
    let mut buffer = [0; 16];
    let receive = || rustix::io::read(&second, &mut buffer[..]).map_err(Into::into);
    assert_eq!(second.async_io(Interest::READABLE, receive).await.expect("it was sent"), 3);
    let refused: std::io::Result<()> =
        second.try_io(Interest::READABLE, || Err(ErrorKind::WouldBlock.into()));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(poll_once(second.readable()).await.is_none(), "it was taken back");
}

#[graph_runtime::test]
async fn many_tasks_share_one() {
    let ((server, to), (client, _)) = (bound().await, bound().await);
    let server = Arc::new(server);
    let receivers: Vec<_> = (0..10)
        .map(|_| {
            let server = Arc::clone(&server);
            graph_runtime::spawn(async move { server.recv(&mut [0; 8]).await })
        })
        .collect();
    for _ in 0..10 {
        client.send_to(b"each", to).await.expect("there is room");
    }
    for receiver in receivers {
        assert_eq!(receiver.await.expect("it does not panic").expect("it was sent"), 4);
    }
}

#[graph_runtime::test]
async fn what_is_set_is_got() {
    let (socket, _) = bound().await;
    socket.set_broadcast(true).expect("it is open");
    assert!(socket.broadcast().expect("it is open"));
    socket.set_ttl(77).expect("it is open");
    assert_eq!(socket.ttl().expect("it is open"), 77);
    socket.set_multicast_ttl_v4(7).expect("it is open");
    assert_eq!(socket.multicast_ttl_v4().expect("it is open"), 7);
    socket.set_multicast_loop_v4(false).expect("it is open");
    assert!(!socket.multicast_loop_v4().expect("it is open"));
    socket.set_tos_v4(8).expect("it is open");
    assert_eq!(socket.tos_v4().expect("it is open"), 8);
    assert_eq!(socket.device().expect("it is open"), None);
    assert!(socket.take_error().expect("it is open").is_none());
    let nowhere = socket.leave_multicast_v4(Ipv4Addr::new(224, 0, 0, 251), Ipv4Addr::LOCALHOST);
    nowhere.expect_err("it was not joined");
}

#[graph_runtime::test]
async fn to_the_standard_library_and_back() {
    let (socket, address) = bound().await;
    assert!(poll_once(socket.recv(&mut [0])).await.is_none(), "it is registered");
    let std = socket.into_std().expect("it is open");
    let socket = UdpSocket::from_std(std).expect("it is open");
    let (client, _) = bound().await;
    client.send_to(b"back", address).await.expect("there is room");
    assert_eq!(socket.recv(&mut [0; 8]).await.expect("it was sent"), 4);
}
