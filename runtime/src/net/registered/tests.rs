//! Where and when a stream is registered, and when an operation is tried.

use crate::context::with_worker;
use crate::net::attempt::Attempt;
use crate::net::{TcpListener, TcpStream};
use crate::runtime::{Builder, Handle};
use crate::worker::Local;
use futures_lite::future::{block_on, poll_once};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use reactor::Direction;
use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Wake, Waker};

async fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let client = TcpStream::connect(address).await.expect("it listens");
    (client, listener.accept().await.expect("it was connected to").0)
}

#[crate::test]
async fn what_need_not_wait_is_not_registered() {
    let (mut client, mut server) = pair().await;
    client.write_all(b"at once").await.expect("there is room");
    let mut buffer = [0; 7];
    while server.try_read(&mut buffer).is_err() {}
    assert_eq!(&buffer, b"at once");
    assert!(client.io.reactor().is_none());
    assert!(server.io.reactor().is_none());
    assert!(poll_once(server.read(&mut buffer)).await.is_none());
    assert!(server.io.reactor().is_some(), "now it had to wait");
}

/// The worker that this runs on, and the one that `stream` is registered with.
fn worker_and_registration(stream: &TcpStream) -> (Option<usize>, Option<usize>) {
    let handle = Handle::current();
    let shared = handle.shared();
    let here = with_worker(shared, |local| local.map(Local::index));
    let registered = stream.io.reactor().and_then(|reactor| {
        shared.remotes.iter().position(|remote| Arc::ptr_eq(&remote.reactor, &reactor))
    });
    (here, registered)
}

#[test]
fn a_connection_is_registered_where_it_is_polled() {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().expect("two workers");
    let places = runtime.block_on(runtime.spawn(async {
        let both_run = Arc::new(Barrier::new(2));
        let mut tasks = Vec::new();
        for _ in 0..2 {
            // Accepted here, by one and the same task.
            let (client, mut server) = pair().await;
            let both_run = Arc::clone(&both_run);
            tasks.push(crate::spawn(async move {
                // Two tasks that block at the same time are on two workers.
                both_run.wait();
                assert!(poll_once(server.read(&mut [0])).await.is_none());
                drop(client);
                worker_and_registration(&server)
            }));
        }
        let mut places = Vec::new();
        for task in tasks {
            places.push(task.await.expect("it does not panic"));
        }
        places
    }));
    let mut places = places.expect("it does not panic");
    places.sort_unstable();
    assert_eq!(places, [(Some(0), Some(0)), (Some(1), Some(1))]);
}

/// Two tasks that are on two workers while the first half of each runs.
async fn on_two_workers<F>(halves: [impl FnOnce(Arc<Barrier>) -> F; 2])
where
    F: Future<Output = ()> + Send + 'static,
{
    let both_run = Arc::new(Barrier::new(2));
    let tasks = halves.map(|half| crate::spawn(half(Arc::clone(&both_run))));
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

#[test]
fn a_connection_moves_to_where_its_task_waits_for_it() {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().expect("two workers");
    let test = runtime.spawn(async {
        let (client, server) = pair().await;
        let server = Arc::new(server);
        let wait = |server: Arc<TcpStream>, first: bool| {
            move |both_run: Arc<Barrier>| async move {
                both_run.wait();
                if !first {
                    both_run.wait();
                }
                for strays in 0..=4 {
                    let (here, home) = worker_and_registration(&server);
                    assert!(first || here != home, "it has moved after {strays} waits");
                    assert!(poll_once((&*server).read(&mut [0])).await.is_none());
                }
                let (here, home) = worker_and_registration(&server);
                assert_eq!(here, home);
                if first {
                    both_run.wait();
                }
            }
        };
        on_two_workers([true, false].map(|first| wait(Arc::clone(&server), first))).await;
        drop(client);
    });
    runtime.block_on(test).expect("it does not panic");
}

/// Answers each byte until there are no more.
async fn echo(mut server: TcpStream) {
    let mut byte = [0];
    while server.read(&mut byte).await.expect("the client stays") > 0 {
        server.write_all(&byte).await.expect("the client reads");
    }
}

#[test]
fn two_ends_that_only_wake_each_other_come_together() {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().expect("two workers");
    let test = runtime.spawn(async {
        let (mut client, server) = pair().await;
        let both_run = Arc::new(Barrier::new(2));
        let inside = Arc::clone(&both_run);
        let server = crate::spawn(async move {
            inside.wait();
            echo(server).await;
        });
        let client = crate::spawn(async move {
            both_run.wait();
            // It goes on for ever if they never come together.
            while worker_and_registration(&client) != (Some(0), Some(0)) {
                client.write_all(&[1]).await.expect("the server reads");
                client.read_exact(&mut [0]).await.expect("the server answers");
            }
        });
        client.await.expect("it does not panic");
        server.await.expect("it does not panic");
    });
    runtime.block_on(test).expect("it does not panic");
}

/// Polls a read of `pretended` bytes out of 10 once and says whether it was tried.
async fn is_tried(stream: &TcpStream, pretended: usize) -> bool {
    let mut tried = false;
    let read = poll_fn(|context| {
        stream.io.poll_io(context, Direction::Read, |_| {
            tried = true;
            Ok(Attempt::transfer(pretended, 10))
        })
    });
    poll_once(read).await;
    tried
}

#[crate::test]
async fn a_short_read_is_not_followed_by_a_useless_one() {
    let (mut client, server) = pair().await;
    assert!(poll_once(server.readable()).await.is_none());
    client.write_all(b"an event").await.expect("there is room");
    server.readable().await.expect("the runtime lives");
    assert!(is_tried(&server, 10).await);
    assert!(is_tried(&server, 10).await, "a full read may leave more behind");
    assert!(is_tried(&server, 9).await);
    assert!(!is_tried(&server, 9).await, "a short read leaves nothing behind");
    client.write_all(b"the next").await.expect("there is room");
    server.readable().await.expect("the runtime lives");
    assert!(is_tried(&server, 9).await, "an event makes it ready again");
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[crate::test]
async fn readiness_that_is_never_true_does_not_hold_the_worker() {
    let (client, server) = pair().await;
    assert!(poll_once(server.readable()).await.is_none());
    drop(client);
    server.readable().await.expect("the runtime lives");
    // The end of the stream is for good, but this operation does not notice it.
    let (count, mut tries) = (Arc::new(Count::default()), 0);
    let waker = Waker::from(Arc::clone(&count));
    let poll = server.io.poll_io(&mut Context::from_waker(&waker), Direction::Read, |_| {
        tries += 1;
        Err::<Attempt<()>, _>(io::ErrorKind::WouldBlock.into())
    });
    assert!(matches!(poll, Poll::Pending));
    assert!((1..100).contains(&tries), "{tries} tries");
    assert_eq!(count.0.load(Ordering::SeqCst), 1, "it goes on later");
}

/// Data has arrived and the reactor has not told of it yet. It does so in another thread, while
/// this one begins to wait.
#[test]
fn an_event_while_a_wait_begins_is_not_missed() {
    const ROUNDS: usize = 50_000;
    let runtime = Builder::new_current_thread().build().expect("there are descriptors");
    let (mut client, server) = runtime.block_on(async {
        let (client, server) = pair().await;
        assert!(poll_once(server.readable()).await.is_none());
        (client, server)
    });
    let shared = runtime.handle().shared();
    let reactor = &shared.remotes[0].reactor;
    let (round, turned) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wait_until = |counter: &AtomicUsize, value| {
        let mut looks = 0_u64;
        while counter.load(Ordering::SeqCst) < value {
            looks += 1;
            if looks.is_multiple_of(256) {
                // The other thread may be waiting for this one's processor.
                std::thread::yield_now();
            }
        }
    };
    let mut missed = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for next in 1..=ROUNDS {
                wait_until(&round, next);
                let _turn = reactor.try_turn(&|| shared.now()).expect("nobody else is in it");
                turned.store(next, Ordering::SeqCst);
            }
        });
        for next in 1..=ROUNDS {
            block_on(client.write_all(&[1])).expect("there is room");
            while server.io.source().peek(&mut [0]).is_err() {}
            let count = Arc::new(Count::default());
            let waker = Waker::from(Arc::clone(&count));
            round.store(next, Ordering::SeqCst);
            // So that the event comes sometimes before, sometimes after and sometimes in between.
            for _ in 0..next % 128 {
                std::hint::spin_loop();
            }
            let poll = server.poll_read_ready(&mut Context::from_waker(&waker));
            wait_until(&turned, next);
            let woken = count.0.load(Ordering::SeqCst) > 0;
            missed += usize::from(poll.is_pending() && !woken);
            assert_eq!(server.try_read(&mut [0; 2]).expect("it was sent"), 1);
        }
    });
    assert_eq!(missed, 0, "of {ROUNDS} events");
}
