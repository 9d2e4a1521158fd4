//! A socket that never had to wait belongs to the runtime in which it was made.

use crate::support::{current_thread, listen, pair, workers};
use futures_lite::future::{block_on, poll_once};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream, UnixStream};
use graph_runtime::runtime::{Runtime, is_rt_shutdown_err};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A listener of the standard library that was taken over by `runtime`.
fn taken_over(runtime: &Runtime) -> TcpListener {
    let _entered = runtime.enter();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    TcpListener::from_std(listener).expect("it is open")
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn once_that_has_gone_it_waits_nowhere() {
    for home in [workers(1), current_thread()] {
        let abroad = current_thread();
        let (listener, _) = home.block_on(listen());
        let (_peer, mut stream) = home.block_on(pair());
        drop(home);
        for error in [
            abroad.block_on(listener.accept()).expect_err("its runtime has gone"),
            abroad.block_on(stream.read(&mut [0])).expect_err("its runtime has gone"),
            block_on(listener.accept()).expect_err("its runtime has gone"),
        ] {
            assert!(is_rt_shutdown_err(&error), "{error}");
        }
    }
}

#[test]
fn without_a_current_runtime_it_waits_in_its_own() {
    for home in [workers(1), current_thread()] {
        let listener = taken_over(&home);
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        {
            let mut accept = pin!(listener.accept());
            let mut context = Context::from_waker(&waker);
            assert!(accept.as_mut().poll(&mut context).is_pending());
            drop(home);
            assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
            let Poll::Ready(result) = accept.poll(&mut context) else { panic!("it cannot wait") };
            assert!(is_rt_shutdown_err(&result.expect_err("its runtime has gone")));
        }
    }
}

#[test]
fn a_waker_that_holds_the_socket_goes_with_the_runtime() {
    struct Holds(#[expect(dead_code, reason = "to be dropped")] Arc<TcpListener>);
    impl Wake for Holds {
        fn wake(self: Arc<Self>) {}
    }
    let home = current_thread();
    let listener = Arc::new(taken_over(&home));
    let socket = Arc::downgrade(&listener);
    let waker = Waker::from(Arc::new(Holds(Arc::clone(&listener))));
    assert!(listener.poll_accept(&mut Context::from_waker(&waker)).is_pending());
    drop((listener, waker));
    assert!(socket.upgrade().is_some());
    drop(home);
    assert!(socket.upgrade().is_none());
}

#[test]
fn elsewhere_it_waits_while_its_own_lives() {
    let (home, abroad) = (current_thread(), workers(1));
    let (mut here, mut there) = home.block_on(async { UnixStream::pair() }).expect("descriptors");
    abroad.block_on(async {
        assert!(poll_once(here.read(&mut [0])).await.is_none());
        there.write_all(b"x").await.expect("there is room");
        assert_eq!(here.read(&mut [0]).await.expect("it was sent"), 1);
    });
}

#[test]
fn what_was_made_outside_belongs_to_nobody() {
    let listener = block_on(TcpListener::bind("127.0.0.1:0")).expect("a literal needs no runtime");
    let address = listener.local_addr().expect("it is bound");
    drop(current_thread());
    current_thread().block_on(async {
        assert!(poll_once(poll_fn(|context| listener.poll_accept(context))).await.is_none());
        let _client = TcpStream::connect(address).await.expect("it listens");
        listener.accept().await.expect("it was connected to");
    });
}

#[test]
fn other_errors_are_told_apart() {
    let error = std::io::Error::other("its runtime has shut down");
    assert!(!is_rt_shutdown_err(&error));
    let runtime = current_thread();
    let task = runtime.spawn(std::future::pending::<()>());
    task.abort();
    let error = runtime.block_on(task).expect_err("it was aborted");
    assert!(!is_rt_shutdown_err(&error.into()));
}
