//! Waking a task: no wake-up is lost, whatever the task is doing, and it publishes.

use graph_runtime::task::JoinHandle;
use loom_tests::{Job, Product, Signal, Yard, explore};
use primitives::shim::{UNBOUNDED, thread};
use std::sync::Arc;
use std::task::Waker;
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::TaskWakeDuringPoll, "task_wake::a_wake_meets_a_poll"),
    (Mutant::TaskWakeQuietly, "task_wake::a_wake_meets_a_poll"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// A task that was polled once and waits for the signal.
fn waiting() -> (Yard, Arc<Signal>, JoinHandle<Product>, Waker) {
    let (yard, signal) = (Yard::new(), Signal::new(false));
    let handle = yard.spawn(Job::new(&signal));
    yard.run_all();
    let waker = signal.take_waker();
    (yard, signal, handle, waker)
}

/// Everybody has done what they had to do: the task must be complete, and leave nothing.
fn assert_completed(yard: &Yard, signal: &Signal, handle: JoinHandle<Product>) {
    yard.run_all();
    assert!(handle.is_finished(), "a wake-up was lost");
    assert_eq!((yard.ends(), yard.live()), (1, 0));
    assert_eq!(signal.futures_dropped(), 1);
    drop(handle);
    assert_eq!((signal.products_dropped(), yard.cells_freed()), (1, 1));
}

fn give_and_wake(signal: &Arc<Signal>, waker: Waker) -> thread::JoinHandle<()> {
    let signal = Arc::clone(signal);
    thread::spawn(move || {
        signal.give();
        waker.wake();
    })
}

#[test]
fn a_wake_meets_a_poll() {
    explore(4, || {
        let (yard, signal, handle, waker) = waiting();
        let other = give_and_wake(&signal, waker.clone());
        // A poll for no good reason, for the other's wake-up to run into.
        waker.wake();
        yard.run_all();
        other.join().unwrap();
        assert_completed(&yard, &signal, handle);
        assert!((2..=3).contains(&signal.polls()), "one poll for each wake, at most");
    });
}

#[test]
fn a_wake_meets_the_first_poll() {
    explore(UNBOUNDED, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        let worker = {
            let yard = yard.clone();
            thread::spawn(move || yard.run_all())
        };
        signal.give();
        worker.join().unwrap();
        if !handle.is_finished() {
            signal.take_waker().wake();
        } else {
            signal.forget_waker();
        }
        assert_completed(&yard, &signal, handle);
    });
}

#[test]
fn two_wakes_queue_the_task_once() {
    explore(UNBOUNDED, || {
        let (yard, signal, handle, waker) = waiting();
        let other = give_and_wake(&signal, waker.clone());
        signal.give();
        // The yard would notice if both queued it.
        waker.wake();
        other.join().unwrap();
        assert_completed(&yard, &signal, handle);
    });
}

#[test]
fn two_workers_poll_in_turn() {
    explore(2, || {
        let (yard, signal, handle, waker) = waiting();
        let other = give_and_wake(&signal, waker.clone());
        let worker = {
            let yard = yard.clone();
            thread::spawn(move || yard.run_all())
        };
        waker.wake();
        yard.run_all();
        worker.join().unwrap();
        other.join().unwrap();
        assert_completed(&yard, &signal, handle);
    });
}
