//! The reference count: the cell is freed once, after every use of it, by whoever lets go last.

use loom_tests::{Job, Signal, Yard, explore};
use primitives::shim::{UNBOUNDED, thread};
use std::sync::Arc;
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] =
    &[(Mutant::TaskLastReference, "task_references::a_clone_meets_the_end")];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

fn assert_all_gone(yard: &Yard, signal: &Signal) {
    assert_eq!((yard.ends(), yard.live(), yard.cells_freed()), (1, 0, 1));
    assert_eq!(signal.futures_dropped(), 1);
}

/// The waker queues the task and then lets go, while the worker runs it to its end.
#[test]
fn a_wake_meets_the_last_release() {
    explore(UNBOUNDED, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        drop(yard.spawn(Job::new(&signal)));
        yard.run_all();
        let waker = signal.take_waker();
        signal.give();
        let other = thread::spawn(move || waker.wake());
        yard.run_all();
        other.join().unwrap();
        yard.run_all();
        assert_eq!(signal.products_dropped(), 1);
        assert_all_gone(&yard, &signal);
    });
}

/// Handles, wakers and the worker all let go at once.
#[test]
fn everybody_lets_go_at_once() {
    explore(2, || {
        let (yard, signal) = (Yard::new(), Signal::new(false));
        let handle = yard.spawn(Job::new(&signal));
        yard.run_all();
        let waker = signal.take_waker();
        let (abort, copy) = (handle.abort_handle(), waker.clone());
        let dropper = thread::spawn(move || drop((abort, copy)));
        let waking = {
            let signal = Arc::clone(&signal);
            thread::spawn(move || {
                signal.give();
                waker.wake();
            })
        };
        drop(handle);
        yard.run_all();
        dropper.join().unwrap();
        waking.join().unwrap();
        yard.run_all();
        assert_eq!(signal.products_dropped(), 1);
        assert_all_gone(&yard, &signal);
    });
}

/// A clone of a handle is made from one that lives, while others go.
#[test]
fn a_clone_meets_the_end() {
    explore(4, || {
        let (yard, signal) = (Yard::new(), Signal::new(true));
        let handle = yard.spawn(Job::new(&signal));
        let abort = handle.abort_handle();
        let cloner = thread::spawn(move || {
            let copy = abort.clone();
            drop(abort);
            copy.is_finished()
        });
        drop(handle);
        yard.run_all();
        signal.forget_waker();
        cloner.join().unwrap();
        assert_eq!(signal.products_dropped(), 1);
        assert_all_gone(&yard, &signal);
    });
}
