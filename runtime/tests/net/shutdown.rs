//! After its runtime has gone a socket waits no more.

use crate::support::{current_thread, listen, pair, tell_when_waiting, workers};
use futures_lite::future::{block_on, poll_once};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::runtime::Runtime;
use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

fn assert_says_so<T>(result: io::Result<T>) {
    let error = result.err().expect("the runtime has gone");
    assert_eq!(error.kind(), io::ErrorKind::Other);
    assert!(error.to_string().contains("its runtime has shut down"), "{error}");
}

/// Waits for what `wait` waits for on a thread of its own.
fn wait_outside<W, T>(runtime: &Runtime, waiting: &Sender<()>, wait: W) -> JoinHandle<()>
where
    W: Future<Output = io::Result<T>> + Send + 'static,
{
    let (handle, waiting) = (runtime.handle().clone(), waiting.clone());
    thread::spawn(move || {
        let _entered = handle.enter();
        assert_says_so(block_on(tell_when_waiting(wait, waiting)));
    })
}

#[test]
fn whoever_waits_outside_is_told() {
    let runtime = workers(2);
    let (listener, _) = runtime.block_on(listen());
    let (_first_peer, mut first) = runtime.block_on(pair());
    let (_second_peer, second) = runtime.block_on(pair());
    let (waiting, waits) = channel();
    let threads = [
        wait_outside(&runtime, &waiting, async move { listener.accept().await }),
        wait_outside(&runtime, &waiting, async move { first.read(&mut [0]).await }),
        wait_outside(&runtime, &waiting, async move { second.readable().await }),
    ];
    for _ in &threads {
        waits.recv().expect("it waits");
    }
    drop(runtime);
    for thread in threads {
        thread.join().expect("it does not panic");
    }
}

#[test]
fn what_need_not_wait_still_works_and_the_rest_fails() {
    for runtime in [workers(1), current_thread()] {
        let (mut client, mut server) = runtime.block_on(async {
            let (client, mut server) = pair().await;
            assert!(poll_once(server.read(&mut [0])).await.is_none());
            (client, server)
        });
        drop(runtime);
        block_on(client.write_all(b"last words")).expect("there is room");
        let mut received = [0; 10];
        block_on(server.read_exact(&mut received)).expect("it was sent");
        assert_eq!(&received, b"last words");
        assert_says_so(block_on(server.read(&mut [0])));
        assert_says_so(block_on(server.readable()));
    }
}

#[test]
fn nothing_is_registered_any_more() {
    let runtime = workers(1);
    let (listener, _) = runtime.block_on(listen());
    let handle = runtime.handle().clone();
    drop(runtime);
    let _entered = handle.enter();
    assert_says_so(block_on(listener.accept()));
}
