//! Runtimes, pairs of connected streams, data to send, and a way to know that a task waits.

use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, Runtime};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::mpsc::Sender;

/// A multi-thread runtime.
pub(crate) fn workers(count: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(count).build().expect("the system has threads")
}

/// A current-thread runtime.
pub(crate) fn current_thread() -> Runtime {
    Builder::new_current_thread().build().expect("the system has descriptors")
}

/// One of each kind, one after another.
pub(crate) fn each_runtime(mut check: impl FnMut(&Runtime)) {
    check(&current_thread());
    for count in [1, 2, 4] {
        check(&workers(count));
    }
}

/// A listener on a port of the system's choice, and its address.
pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}

/// The two ends of a connection.
pub(crate) async fn pair() -> (TcpStream, TcpStream) {
    let (listener, address) = listen().await;
    let client = TcpStream::connect(address).await.expect("it listens");
    let (server, peer) = listener.accept().await.expect("it was connected to");
    assert_eq!(peer, client.local_addr().expect("it is connected"));
    (client, server)
}

/// `length` bytes that are different for every `seed` and do not repeat in step with buffers.
pub(crate) fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(next().to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Says so the first time `future` has to wait: its waker is in place then.
pub(crate) async fn tell_when_waiting<F: Future>(future: F, waiting: Sender<()>) -> F::Output {
    let mut future = pin!(future);
    let mut waiting = Some(waiting);
    poll_fn(|context| {
        let poll = future.as_mut().poll(context);
        if poll.is_pending()
            && let Some(waiting) = waiting.take()
        {
            waiting.send(()).expect("the test listens");
        }
        poll
    })
    .await
}
