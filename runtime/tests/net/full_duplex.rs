//! One stream, two tasks: one reads while the other writes.

use crate::support::{bytes, each_runtime, pair, workers};
use futures_lite::future::{block_on, poll_once};
use futures_lite::{AsyncReadExt, AsyncWriteExt, io};
use graph_runtime::net::TcpStream;
use graph_runtime::spawn;
use std::sync::{Arc, Barrier};
use std::thread;

const LENGTH: usize = 2 << 20;

#[test]
fn by_reference() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let (client, server) = pair().await;
            let mut tasks = Vec::new();
            for (end, (stream, own, other)) in
                [(client, 1, 2), (server, 2, 1)].into_iter().enumerate()
            {
                let stream = Arc::new(stream);
                tasks.push(spawn(write(Arc::clone(&stream), own)));
                tasks.push(spawn(async move { read(stream, other, end).await }));
            }
            for task in tasks {
                task.await.expect("it does not panic");
            }
        });
    });
}

async fn write(stream: Arc<TcpStream>, seed: u64) {
    let mut stream = &*stream;
    stream.write_all(&bytes(seed, LENGTH)).await.expect("the peer reads");
    stream.close().await.expect("it is open");
}

async fn read(stream: Arc<TcpStream>, seed: u64, end: usize) {
    let mut received = Vec::new();
    (&*stream).read_to_end(&mut received).await.expect("the peer writes");
    assert!(received == bytes(seed, LENGTH), "end {end} got {} bytes", received.len());
}

#[graph_runtime::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_splitting() {
    let (client, server) = pair().await;
    let (mut reader, mut writer) = io::split(client);
    let echo = spawn(async move { io::copy(&server, &mut &server).await });
    let writing = spawn(async move {
        writer.write_all(&bytes(3, LENGTH)).await.expect("the peer reads");
        writer.close().await.expect("it is open");
    });
    let mut received = Vec::new();
    reader.read_to_end(&mut received).await.expect("the peer answers");
    assert!(received == bytes(3, LENGTH));
    writing.await.expect("it does not panic");
    assert_eq!(echo.await.expect("it does not panic").expect("it copies"), LENGTH as u64);
}

/// Both find that they have to wait at the same time; the stream is registered once.
#[test]
fn the_first_to_wait_may_be_two() {
    let runtime = workers(1);
    let handle = runtime.handle();
    for round in 0..500 {
        let (client, server) = runtime.block_on(pair());
        let start = Barrier::new(2);
        let wait = |direction: Direction| {
            let _entered = handle.enter();
            start.wait();
            block_on(poll_once(async {
                match direction {
                    Direction::Read => server.readable().await,
                    Direction::Write => server.writable().await,
                }
            }))
        };
        thread::scope(|scope| {
            let reader = scope.spawn(|| wait(Direction::Read));
            let writer = wait(Direction::Write);
            assert!(!matches!(writer, Some(Err(_))), "round {round}: {writer:?}");
            let reader = reader.join().expect("it does not panic");
            assert!(reader.is_none(), "round {round}: {reader:?}");
        });
        drop(client);
    }
}

enum Direction {
    Read,
    Write,
}
