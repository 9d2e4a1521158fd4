//! Joining a task: its end wakes the join handle, and the output is dropped exactly once.

use graph_runtime::task::JoinHandle;
use loom_tests::{Job, JoinWaker, Product, Signal, Yard, explore};
use primitives::shim::thread;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::TaskCompleteRelease, "task_join::the_end_meets_a_poll_of_the_handle"),
    (Mutant::TaskJoinWakerRace, "task_join::the_end_meets_a_poll_of_the_handle"),
    (Mutant::TaskJoinWakerRace, "task_join::the_end_meets_a_watcher"),
    (Mutant::TaskCompleteRelease, "task_join::the_end_meets_a_watcher"),
    (Mutant::TaskJoinWaitingAcquire, "task_join::the_end_meets_the_same_join_waker_again"),
    (Mutant::TaskJoinDropRace, "task_join::the_end_meets_the_drop_of_the_handle"),
    (Mutant::TaskLeaveAcquire, "task_join::the_end_meets_a_handle_that_takes_and_goes"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// A task that will finish on the returned thread.
fn finishing() -> (Yard, Arc<Signal>, JoinHandle<Product>, impl FnOnce() -> thread::JoinHandle<()>)
{
    let (yard, signal) = (Yard::new(), Signal::new(true));
    let handle = yard.spawn(Job::new(&signal));
    let worker = {
        let (yard, signal) = (yard.clone(), Arc::clone(&signal));
        move || {
            thread::spawn(move || {
                yard.run_all();
                signal.forget_waker();
            })
        }
    };
    (yard, signal, handle, worker)
}

/// The product's value, if the task has ended.
fn poll(handle: &mut JoinHandle<Product>, waker: &JoinWaker) -> Option<u32> {
    match Pin::new(handle).poll(&mut Context::from_waker(&waker.waker())) {
        Poll::Ready(end) => Some(end.expect("nobody aborts it").value()),
        Poll::Pending => None,
    }
}

fn assert_all_gone(yard: &Yard, signal: &Signal) {
    assert_eq!((yard.ends(), yard.live(), yard.cells_freed()), (1, 0, 1));
    assert_eq!((signal.futures_dropped(), signal.products_dropped()), (1, 1));
}

#[test]
fn the_end_meets_a_poll_of_the_handle() {
    explore(4, || {
        let (yard, signal, mut handle, start) = finishing();
        let worker = start();
        let waker = JoinWaker::default();
        let early = poll(&mut handle, &waker);
        worker.join().unwrap();
        if early.is_none() {
            assert_eq!(waker.woken(), 1, "the handle waits and must be woken");
        }
        let end = early.or_else(|| poll(&mut handle, &waker));
        assert_eq!(end, Some(7));
        drop(handle);
        assert_eq!(waker.copies(), 0);
        assert_all_gone(&yard, &signal);
    });
}

/// As a set of tasks does: it leaves a waker once, and takes the output when that is woken.
#[test]
fn the_end_meets_a_watcher() {
    explore(4, || {
        let (yard, signal, mut handle, start) = finishing();
        let worker = start();
        let waker = JoinWaker::default();
        let is_watched = handle.watch(waker.waker());
        assert!(is_watched || poll(&mut handle, &waker) == Some(7), "it has ended already");
        worker.join().unwrap();
        assert_eq!(waker.woken(), usize::from(is_watched));
        if is_watched {
            assert_eq!(poll(&mut handle, &waker), Some(7));
        }
        drop(handle);
        assert_eq!(waker.copies(), 0);
        assert_all_gone(&yard, &signal);
    });
}

#[test]
fn the_end_meets_a_change_of_the_join_waker() {
    explore(4, || {
        let (yard, signal, mut handle, start) = finishing();
        let (first, second) = (JoinWaker::default(), JoinWaker::default());
        assert_eq!(poll(&mut handle, &first), None);
        let worker = start();
        let early = poll(&mut handle, &second);
        worker.join().unwrap();
        if early.is_none() {
            assert_eq!(second.woken(), 1, "the waker of the last poll counts");
        }
        assert!(first.woken() + second.woken() <= 1);
        let end = early.or_else(|| poll(&mut handle, &second));
        assert_eq!(end, Some(7));
        drop(handle);
        assert_eq!((first.copies(), second.copies()), (0, 0));
        assert_all_gone(&yard, &signal);
    });
}

#[test]
fn the_end_meets_the_same_join_waker_again() {
    explore(4, || {
        let (yard, signal, mut handle, start) = finishing();
        let waker = JoinWaker::default();
        assert_eq!(poll(&mut handle, &waker), None);
        let worker = start();
        let early = poll(&mut handle, &waker);
        worker.join().unwrap();
        if early.is_none() {
            assert_eq!(waker.woken(), 1, "the handle still waits");
        }
        assert!(waker.woken() <= 1);
        assert_eq!(early.or_else(|| poll(&mut handle, &waker)), Some(7));
        drop(handle);
        assert_eq!(waker.copies(), 0);
        assert_all_gone(&yard, &signal);
    });
}

/// The handle takes the output as soon as it is there, and goes while the worker may still be
/// busy with the waker.
#[test]
fn the_end_meets_a_handle_that_takes_and_goes() {
    explore(4, || {
        let (yard, signal, mut handle, start) = finishing();
        let waker = JoinWaker::default();
        assert_eq!(poll(&mut handle, &waker), None);
        let worker = start();
        let early = poll(&mut handle, &waker);
        assert!(early.is_none_or(|value| value == 7));
        drop(handle);
        worker.join().unwrap();
        assert_eq!(waker.copies(), 0);
        assert_all_gone(&yard, &signal);
    });
}

#[test]
fn the_end_meets_the_drop_of_the_handle() {
    explore(6, || {
        let (yard, signal, handle, start) = finishing();
        // It keeps the cell, so that the output cannot go unnoticed with it.
        let abort = handle.abort_handle();
        let worker = start();
        drop(handle);
        worker.join().unwrap();
        assert_eq!(signal.products_dropped(), 1, "by the worker or by the handle");
        drop(abort);
        assert_all_gone(&yard, &signal);
    });
}

#[test]
fn the_end_meets_the_drop_of_a_waiting_handle() {
    explore(6, || {
        let (yard, signal, mut handle, start) = finishing();
        let abort = handle.abort_handle();
        let waker = JoinWaker::default();
        assert_eq!(poll(&mut handle, &waker), None);
        let worker = start();
        drop(handle);
        worker.join().unwrap();
        assert!(waker.woken() <= 1);
        assert_eq!(waker.copies(), 0, "by the worker or by the handle");
        assert_eq!(signal.products_dropped(), 1, "by the worker or by the handle");
        drop(abort);
        assert_all_gone(&yard, &signal);
    });
}
