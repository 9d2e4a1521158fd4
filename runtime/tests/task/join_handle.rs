//! Handles and ids.

use crate::support::{Drops, each_runtime, multi, watched};
use graph_runtime::task::{self, AbortHandle, JoinError, JoinHandle, JoinSet};
use std::cell::Cell;
use std::collections::HashSet;
use std::future::pending;
use std::panic::{RefUnwindSafe, UnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc;

fn is_shareable<T: Send + Sync>() {}
fn survives_panics<T: UnwindSafe + RefUnwindSafe>() {}
fn may_move<T: Unpin>() {}

#[test]
fn auto_traits() {
    // An output need not be Sync: nobody sees it but who joins.
    is_shareable::<JoinHandle<Cell<u8>>>();
    is_shareable::<JoinSet<Cell<u8>>>();
    is_shareable::<AbortHandle>();
    is_shareable::<JoinError>();
    is_shareable::<task::Id>();
    may_move::<JoinHandle<std::marker::PhantomPinned>>();
    may_move::<JoinSet<Rc<u8>>>();
    may_move::<AbortHandle>();
    survives_panics::<JoinHandle<Cell<u8>>>();
    survives_panics::<AbortHandle>();
}

#[test]
fn ids_are_unique_and_known_inside() {
    each_runtime(|runtime| {
        let tasks: Vec<_> = (0..100).map(|_| runtime.spawn(async { task::id() })).collect();
        let mut ids = HashSet::new();
        for task in tasks {
            let (outside, abort) = (task.id(), task.abort_handle());
            let inside = runtime.block_on(task).unwrap();
            assert_eq!((inside, abort.id()), (outside, outside));
            assert_eq!(inside.to_string(), inside.as_u64().to_string());
            assert!(ids.insert(inside), "an id is used once");
        }
        let blocking = runtime.spawn_blocking(task::id);
        let outside = blocking.id();
        assert_eq!(runtime.block_on(blocking).unwrap(), outside);
    });
}

#[test]
fn there_is_no_id_outside_a_task() {
    assert_eq!(task::try_id(), None);
    each_runtime(|runtime| runtime.block_on(async { assert_eq!(task::try_id(), None) }));
    let panic = catch_unwind(task::id).unwrap_err();
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref().copied());
    assert!(text.is_some_and(|text| text.contains("task::id()")));
}

#[test]
fn a_future_and_its_output_are_dropped_with_the_tasks_id() {
    struct Says(mpsc::Sender<Option<task::Id>>);
    impl Drop for Says {
        fn drop(&mut self) {
            let _ = self.0.send(task::try_id());
        }
    }
    each_runtime(|runtime| {
        let (said, ids) = mpsc::channel();
        let next = || {
            runtime.block_on(async {
                loop {
                    match ids.try_recv() {
                        Ok(id) => break id,
                        Err(_) => task::yield_now().await,
                    }
                }
            })
        };
        let (in_future, output) = (Says(said.clone()), Says(said.clone()));
        let task = runtime.spawn(async move {
            let _in_future = in_future;
            output
        });
        let id = task.id();
        drop(task);
        assert_eq!([next(), next()], [Some(id); 2]);
        let says = Says(said);
        let task = runtime.spawn(async move {
            let _says = says;
            pending::<()>().await;
        });
        let id = task.id();
        task.abort();
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
        assert_eq!(next(), Some(id));
    });
}

#[test]
fn a_blocking_closure_can_be_aborted_until_it_starts() {
    watched(|| {
        let runtime = graph_runtime::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(1)
            .build()
            .unwrap();
        let (started, is_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let first = runtime.spawn_blocking(move || {
            started.send(()).unwrap();
            released.recv().unwrap();
        });
        let drops = Drops::default();
        let guard = drops.guard();
        let second = runtime.spawn_blocking(move || drop(guard));
        is_started.recv().unwrap();
        first.abort();
        second.abort();
        release.send(()).unwrap();
        runtime.block_on(async {
            assert!(first.await.is_ok(), "one that has started runs to its end");
            assert!(second.await.unwrap_err().is_cancelled());
        });
        assert_eq!(drops.count(), 1, "the closure was dropped");
    });
}

#[test]
fn an_aborted_future_is_gone_when_its_joiner_learns_of_it() {
    watched(|| {
        let runtime = multi(3);
        for _ in 0..500 {
            let drops = Drops::default();
            let guard = drops.guard();
            let task = runtime.spawn(async move {
                let _guard = guard;
                pending::<()>().await;
            });
            task.abort();
            assert!(runtime.block_on(task).unwrap_err().is_cancelled());
            assert_eq!(drops.count(), 1);
        }
    });
}
