//! Shutting down: every future is dropped exactly once, whatever its task is doing.

use graph_runtime::task::JoinHandle;
use loom_tests::{Job, JoinWaker, Product, Signal, Yard, explore};
use primitives::shim::{UNBOUNDED, thread};
use std::pin::Pin;
use std::task::{Context, Poll};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::TaskShutDownRunning, "task_shutdown::shutdown_meets_a_poll"),
    (Mutant::TaskAbortDuringPoll, "task_shutdown::shutdown_meets_a_poll"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

fn close(yard: &Yard) -> thread::JoinHandle<()> {
    let yard = yard.clone();
    thread::spawn(move || yard.close_and_cancel())
}

/// Everybody is done: the task must have ended and left nothing. True if it was cancelled.
fn check_end(yard: &Yard, signal: &Signal, mut handle: JoinHandle<Product>) -> bool {
    yard.run_all();
    assert_eq!((yard.ends(), yard.live(), signal.futures_dropped()), (1, 0, 1));
    let waker = JoinWaker::default().waker();
    let end = Pin::new(&mut handle).poll(&mut Context::from_waker(&waker));
    let Poll::Ready(end) = end else { panic!("the task outlived the shutdown") };
    let cancelled = match end {
        Ok(product) => {
            assert_eq!(product.value(), 7);
            false
        }
        Err(error) => {
            assert!(error.is_cancelled(), "{error}");
            true
        }
    };
    drop(handle);
    assert_eq!(signal.products_dropped(), usize::from(!cancelled));
    signal.forget_waker();
    assert_eq!(yard.cells_freed(), 1);
    cancelled
}

#[test]
fn shutdown_meets_a_poll() {
    explore(5, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        let closer = close(&yard);
        yard.run_all();
        closer.join().unwrap();
        assert!(check_end(&yard, &signal, handle), "it could not finish");
    });
}

#[test]
fn shutdown_meets_the_end() {
    explore(5, || {
        let (yard, signal) = (Yard::new(), Signal::new(true));
        let handle = yard.spawn(Job::new(&signal));
        let closer = close(&yard);
        yard.run_all();
        closer.join().unwrap();
        let cancelled = check_end(&yard, &signal, handle);
        assert_eq!(cancelled, signal.polls() == 0, "a poll that was ready counts");
    });
}

#[test]
fn shutdown_meets_a_spawn() {
    explore(UNBOUNDED, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let closer = close(&yard);
        let handle = yard.spawn(Job::new(&signal));
        closer.join().unwrap();
        assert!(check_end(&yard, &signal, handle), "it could not finish");
    });
}

#[test]
fn shutdown_meets_a_wake() {
    explore(5, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        yard.run_all();
        let waker = signal.take_waker();
        let closer = close(&yard);
        signal.give();
        waker.wake();
        yard.run_all();
        closer.join().unwrap();
        check_end(&yard, &signal, handle);
    });
}

#[test]
fn shutdown_meets_the_drop_of_a_queue_entry() {
    explore(5, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        let closer = close(&yard);
        drop(yard.take());
        closer.join().unwrap();
        assert!(check_end(&yard, &signal, handle), "it could not finish");
    });
}

#[test]
fn two_threads_share_the_shutdown() {
    explore(3, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        let closers = [close(&yard), close(&yard)];
        yard.run_all();
        for closer in closers {
            closer.join().unwrap();
        }
        assert!(check_end(&yard, &signal, handle), "it could not finish");
    });
}
