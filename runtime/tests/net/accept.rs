//! Accepting: given up, and by several tasks at once.

use crate::support::{each_runtime, listen, tell_when_waiting, workers};
use futures_lite::future::poll_once;
use graph_runtime::net::TcpStream;
use graph_runtime::spawn;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::mpsc::channel;

#[test]
fn a_cancelled_accept_loses_no_connection() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let (listener, address) = listen().await;
            for _ in 0..100 {
                let mut given_up = Box::pin(listener.accept());
                assert!(poll_once(&mut given_up).await.is_none(), "nobody connects yet");
                let client = TcpStream::connect(address).await.expect("it listens");
                drop(given_up);
                let (_, peer) = listener.accept().await.expect("it was connected to");
                assert_eq!(peer, client.local_addr().expect("it is connected"));
            }
        });
    });
}

#[test]
fn every_waiting_task_gets_a_connection() {
    const TASKS: usize = 8;
    let runtime = workers(2);
    let (listener, address) = runtime.block_on(listen());
    let listener = Arc::new(listener);
    let (waiting, waits) = channel();
    let accept = || {
        let (listener, waiting) = (Arc::clone(&listener), waiting.clone());
        runtime.spawn(async move {
            let accepted = tell_when_waiting(listener.accept(), waiting).await;
            accepted.expect("it listens").1
        })
    };
    let tasks: Vec<_> = (0..TASKS).map(|_| accept()).collect();
    for _ in 0..TASKS {
        waits.recv().expect("it waits");
    }
    runtime.block_on(async {
        let (mut clients, mut peers) = (Vec::new(), BTreeSet::new());
        for _ in 0..TASKS {
            clients.push(TcpStream::connect(address).await.expect("it listens"));
        }
        for task in tasks {
            assert!(peers.insert(task.await.expect("it does not panic")));
        }
        let expected = clients.iter().map(|client| client.local_addr().expect("it is connected"));
        assert_eq!(peers, expected.collect());
    });
}

#[graph_runtime::test]
async fn whoever_gives_up_passes_the_event_on() {
    let (listener, address) = listen().await;
    let mut stays = Box::pin(listener.accept());
    let mut gives_up = Box::pin(listener.accept());
    assert!(poll_once(&mut stays).await.is_none());
    assert!(poll_once(&mut gives_up).await.is_none());
    let client = spawn(TcpStream::connect(address)).await.expect("it does not panic");
    drop(gives_up);
    let (_, peer) = stays.await.expect("it was connected to");
    assert_eq!(peer, client.expect("it listens").local_addr().expect("it is connected"));
}

#[graph_runtime::test]
async fn poll_accept_and_accept_do_not_disturb_each_other() {
    let (listener, address) = listen().await;
    let mut accepts = Box::pin(listener.accept());
    let mut polls = Box::pin(poll_fn(|context| listener.poll_accept(context)));
    assert!(poll_once(&mut accepts).await.is_none());
    assert!(poll_once(&mut polls).await.is_none());
    let clients =
        spawn(
            async move { [TcpStream::connect(address).await, TcpStream::connect(address).await] },
        );
    let (first, second) = futures_lite::future::zip(accepts, polls).await;
    assert_ne!(first.expect("it was connected to").1, second.expect("it was connected to").1);
    assert!(clients.await.expect("it does not panic").iter().all(Result::is_ok));
}
