//! Aborting a task: its future is dropped once, by whoever holds it, and the handle tells.

use graph_runtime::task::{JoinError, JoinHandle};
use loom_tests::{Job, JoinWaker, Product, Signal, Yard, explore};
use primitives::shim::{UNBOUNDED, thread};
use std::pin::Pin;
use std::task::{Context, Poll};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::TaskAbortIdle, "task_abort::an_abort_meets_a_wait"),
    (Mutant::TaskAbortDuringPoll, "task_abort::an_abort_meets_a_poll"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// The task must have ended: what its handle says.
fn end_of(mut handle: JoinHandle<Product>) -> Result<Product, JoinError> {
    let waker = JoinWaker::default().waker();
    match Pin::new(&mut handle).poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(end) => end,
        Poll::Pending => panic!("the abort was lost"),
    }
}

/// Checks the end and the books. True if the task was cancelled.
fn check_end(yard: &Yard, signal: &Signal, handle: JoinHandle<Product>) -> bool {
    let end = (yard.ends(), yard.live(), signal.futures_dropped());
    assert_eq!(end, (1, 0, 1), "the abort was lost");
    let cancelled = match end_of(handle) {
        Ok(product) => {
            assert_eq!(product.value(), 7);
            false
        }
        Err(error) => {
            assert!(error.is_cancelled(), "{error}");
            true
        }
    };
    assert_eq!(signal.products_dropped(), usize::from(!cancelled));
    assert_eq!(yard.cells_freed(), 1);
    cancelled
}

#[test]
fn an_abort_meets_a_wait() {
    explore(UNBOUNDED, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        yard.run_all();
        signal.forget_waker();
        let worker = {
            let yard = yard.clone();
            thread::spawn(move || yard.run_all())
        };
        handle.abort();
        worker.join().unwrap();
        yard.run_all();
        assert!(check_end(&yard, &signal, handle), "it could not finish");
    });
}

#[test]
fn an_abort_meets_a_poll() {
    explore(6, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        let worker = {
            let yard = yard.clone();
            thread::spawn(move || yard.run_all())
        };
        handle.abort();
        worker.join().unwrap();
        yard.run_all();
        signal.forget_waker();
        assert!(check_end(&yard, &signal, handle), "it could not finish");
    });
}

#[test]
fn an_abort_meets_the_end() {
    explore(UNBOUNDED, || {
        let (yard, signal) = (Yard::new(), Signal::new(true));
        let handle = yard.spawn(Job::new(&signal));
        let worker = {
            let yard = yard.clone();
            thread::spawn(move || yard.run_all())
        };
        handle.abort();
        worker.join().unwrap();
        yard.run_all();
        signal.forget_waker();
        let cancelled = check_end(&yard, &signal, handle);
        assert!(!cancelled || signal.polls() <= 1, "a poll that was ready counts");
    });
}

#[test]
fn an_abort_meets_a_wake() {
    explore(3, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        yard.run_all();
        let waker = signal.take_waker();
        let abort = handle.abort_handle();
        let aborter = thread::spawn(move || abort.abort());
        let worker = {
            let yard = yard.clone();
            thread::spawn(move || yard.run_all())
        };
        signal.give();
        waker.wake();
        aborter.join().unwrap();
        worker.join().unwrap();
        yard.run_all();
        check_end(&yard, &signal, handle);
    });
}
