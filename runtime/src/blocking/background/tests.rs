//! On a medium that waits until it is told to go on, and fails when it is told to.

use super::Background;
use crate::blocking::medium::Medium;
use crate::runtime::{Builder, Handle, Runtime};
use std::future::poll_fn;
use std::io::{self, IoSlice, SeekFrom};
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// Each operation takes one permission, which is also what becomes of it.
struct Scripted {
    permissions: Mutex<Receiver<io::Result<usize>>>,
    log: Arc<Mutex<Vec<String>>>,
}

struct Script {
    permit: Sender<io::Result<usize>>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Script {
    fn new() -> (Self, Background<Scripted>) {
        let (permit, permissions) = channel();
        let log = Arc::new(Mutex::new(Vec::new()));
        let medium = Scripted { permissions: Mutex::new(permissions), log: Arc::clone(&log) };
        (Self { permit, log }, Background::new(Arc::new(medium)))
    }

    fn allow(&self, result: io::Result<usize>) {
        self.permit.send(result).expect("the medium lives");
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().expect("nobody panics under it").clone()
    }
}

impl Scripted {
    fn step(&self, what: String) -> io::Result<usize> {
        let permission = self.permissions.lock().expect("nobody panics under it").recv();
        self.log.lock().expect("nobody panics under it").push(what);
        permission.expect("the script goes on")
    }
}

impl Medium for Scripted {
    const BUFFERS: bool = true;

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.step(format!("read {}", buffer.len()))?;
        buffer[..count].fill(b'r');
        Ok(count)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.step(format!("write {}", String::from_utf8_lossy(bytes))).map(drop)
    }

    fn flush(&self) -> io::Result<()> {
        self.step("flush".to_owned()).map(drop)
    }

    fn seek(&self, position: SeekFrom) -> io::Result<u64> {
        self.step(format!("seek {position:?}")).map(|position| position as u64)
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("there are descriptors")
}

fn broken() -> io::Result<usize> {
    Err(io::ErrorKind::BrokenPipe.into())
}

async fn write(background: &mut Background<Scripted>, bytes: &str) -> io::Result<usize> {
    poll_fn(|context| background.poll_write(context, &[IoSlice::new(bytes.as_bytes())])).await
}

async fn flush(background: &mut Background<Scripted>) -> io::Result<()> {
    poll_fn(|context| background.poll_flush(context)).await
}

/// Reads, and gives back how much there was.
async fn read(background: &mut Background<Scripted>, wanted: usize) -> io::Result<usize> {
    let mut buffer = vec![0; wanted];
    poll_fn(|context| background.poll_read(context, &mut buffer)).await
}

/// Polls once.
fn once<T>(future: impl Future<Output = T>) -> Poll<T> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_write_does_not_wait_for_itself_but_the_next_one_does() {
    let (script, mut background) = Script::new();
    runtime().block_on(async {
        assert_eq!(write(&mut background, "one").await.expect("it is only started"), 3);
        assert!(once(write(&mut background, "two")).is_pending());
        script.allow(Ok(0));
        assert_eq!(write(&mut background, "two").await.expect("the first is done"), 3);
        script.allow(Ok(0));
        script.allow(Ok(0));
        flush(&mut background).await.expect("everything is allowed");
        flush(&mut background).await.expect("nothing is left to be done");
    });
    assert_eq!(script.log(), ["write one", "write two", "flush"]);
}

#[test]
fn a_failed_write_is_told_by_the_next_one_and_only_once() {
    let (script, mut background) = Script::new();
    runtime().block_on(async {
        script.allow(broken());
        write(&mut background, "one").await.expect("it is only started");
        let error = write(&mut background, "two").await.expect_err("the first failed");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        script.allow(Ok(0));
        write(&mut background, "three").await.expect("it was told");
        script.allow(Ok(0));
        flush(&mut background).await.expect("it was told");
    });
    assert_eq!(script.log(), ["write one", "write three", "flush"]);
}

#[test]
fn a_failed_write_is_remembered_across_reads_and_moves() {
    let (script, mut background) = Script::new();
    runtime().block_on(async {
        script.allow(broken());
        write(&mut background, "one").await.expect("it is only started");
        script.allow(Ok(2));
        assert_eq!(read(&mut background, 8).await.expect("reading goes on"), 2);
        script.allow(Ok(7));
        let moved = poll_fn(|context| background.poll_seek(context, SeekFrom::Start(7))).await;
        assert_eq!(moved.expect("so does moving"), 7);
        let error = flush(&mut background).await.expect_err("the write failed");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_read_nobody_waited_for_is_there_for_the_next() {
    let (script, mut background) = Script::new();
    runtime().block_on(async {
        assert!(once(read(&mut background, 8)).is_pending());
        script.allow(Ok(5));
        assert_eq!(read(&mut background, 2).await.expect("it was read"), 2);
        assert_eq!(read(&mut background, 8).await.expect("it was read"), 3);
        assert_eq!(script.log(), ["read 8"]);
        script.allow(broken());
        read(&mut background, 4).await.expect_err("this one fails");
        script.allow(Ok(0));
        assert_eq!(read(&mut background, 4).await.expect("the end"), 0);
    });
    assert_eq!(script.log(), ["read 8", "read 4", "read 4"]);
}

#[test]
fn what_was_read_ahead_is_taken_back_before_a_write_or_a_move() {
    let (script, mut background) = Script::new();
    runtime().block_on(async {
        script.allow(Ok(5));
        poll_fn(|context| background.poll_fill(context, 8).map_ok(|_| ())).await.expect("it reads");
        background.consume(2);
        script.allow(Ok(0));
        script.allow(Ok(0));
        write(&mut background, "here").await.expect("it is only started");
        script.allow(Ok(1));
        assert_eq!(read(&mut background, 1).await.expect("it reads"), 1);
        script.allow(Ok(0));
        let to = SeekFrom::Current(0);
        poll_fn(|context| background.poll_seek(context, to)).await.expect("it moves");
    });
    let expected = ["read 8", "seek Current(-3)", "write here", "read 1", "seek Current(0)"];
    assert_eq!(script.log(), expected);
}

#[test]
fn a_write_that_could_not_go_back_is_not_read() {
    let (script, mut background) = Script::new();
    runtime().block_on(async {
        script.allow(Ok(5));
        poll_fn(|context| background.poll_fill(context, 8).map_ok(|_| ())).await.expect("it reads");
        script.allow(broken());
        write(&mut background, "lost").await.expect("it is only started");
        script.allow(Ok(0));
        assert_eq!(read(&mut background, 8).await.expect("the end"), 0);
        flush(&mut background).await.expect_err("it could not go back");
    });
}

#[test]
fn a_move_that_is_polled_again_moves_once() {
    let (script, mut background) = Script::new();
    let to = SeekFrom::Current(4);
    runtime().block_on(async {
        assert!(once(poll_fn(|context| background.poll_seek(context, to))).is_pending());
        assert!(background.start_seek(to).is_err(), "one operation at a time");
        script.allow(Ok(4));
        let moved = poll_fn(|context| background.poll_seek(context, to)).await;
        assert_eq!(moved.expect("it moves"), 4);
        assert!(background.is_idle());
    });
    assert_eq!(script.log(), ["seek Current(4)"]);
}

#[test]
fn at_most_the_buffer_travels_at_once() {
    let (script, mut background) = Script::new();
    background.set_max_buffer(2);
    runtime().block_on(async {
        assert_eq!(write(&mut background, "long").await.expect("it is only started"), 2);
        script.allow(Ok(0));
        script.allow(Ok(1));
        assert_eq!(read(&mut background, 8).await.expect("it reads"), 1);
    });
    assert_eq!(script.log(), ["write lo", "read 2"]);
}

#[test]
fn what_was_accepted_is_written_although_the_runtime_shuts_down() {
    let (script, mut background) = Script::new();
    let (other, mut occupied) = Script::new();
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build();
    let runtime = runtime.expect("there are descriptors");
    let handle = runtime.handle().clone();
    let log = Arc::clone(&script.log);
    let releaser = runtime.block_on(async {
        // The only thread is busy, so this write has not begun when the runtime goes.
        write(&mut occupied, "first").await.expect("it is only started");
        write(&mut background, "second").await.expect("it is only started");
        let cancelled = Handle::current().spawn_blocking(|| ());
        std::thread::spawn(move || {
            assert!(primitives::park_on(cancelled).is_err(), "others do not begin any more");
            other.allow(Ok(0));
            script.allow(Ok(0));
        })
    });
    drop(runtime);
    releaser.join().expect("nothing else was begun");
    assert_eq!(*log.lock().expect("nobody panics under it"), ["write second"]);
    let _entered = handle.enter();
    let refused = once(write(&mut background, "third"));
    assert!(matches!(refused, Poll::Ready(Err(_))), "there is nobody to write it");
}
