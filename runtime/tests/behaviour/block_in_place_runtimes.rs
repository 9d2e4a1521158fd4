//! Other runtimes on a thread that blocks within a task.

use crate::block_in_place::each;
use crate::support::{assert_usable, current, multi, until, watched};
use graph_runtime::runtime::{Builder, Handle};
use graph_runtime::spawn;
use graph_runtime::task::block_in_place;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

#[test]
fn it_nests_and_runs_other_runtimes() {
    each(|runtime| {
        let nested = async || {
            block_in_place(|| {
                let inner = current();
                let answer = inner.block_on(async { spawn(async { 1 }).await.unwrap() });
                drop(inner);
                answer + block_in_place(|| block_in_place(|| 2)) + multi(1).block_on(async { 3 })
            })
        };
        assert_eq!(runtime.block_on(nested()), 6);
        assert_eq!(runtime.block_on(runtime.spawn(async move { nested().await })).unwrap(), 6);
    });
}

#[test]
fn a_thread_that_has_lost_its_worker_may_run_another_runtime() {
    watched(|| {
        let left = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&left);
        let mut builder = Builder::new_multi_thread();
        let runtime = builder
            .worker_threads(1)
            .on_thread_stop(move || _ = counted.fetch_add(1, Ordering::SeqCst))
            .build()
            .unwrap();
        let task = runtime.spawn(async {
            let (send, receive) = mpsc::channel();
            drop(spawn(async move { send.send(()).unwrap() }));
            // Whoever polls that task is the worker from now on.
            block_in_place(|| receive.recv().unwrap());
            block_in_place(|| current().block_on(async { spawn(async { 1 }).await.unwrap() }))
        });
        assert_eq!(runtime.block_on(task).unwrap(), 1);
        until("the thread leaves the loop", || left.load(Ordering::SeqCst) == 1);
        assert_usable(&runtime);
    });
}

#[test]
fn a_runtime_that_ran_in_it_is_forgotten_afterwards() {
    watched(|| {
        let mut builder = Builder::new_multi_thread();
        // Nobody else helps.
        builder.worker_threads(1).max_blocking_threads(1).max_spare_workers(0);
        let runtime = builder.build().unwrap();
        let (release, released) = mpsc::channel::<()>();
        let occupies = runtime.spawn_blocking(move || released.recv());
        let task = runtime.spawn(async move {
            // There is no thread that could take the worker: it comes back.
            let inner =
                block_in_place(|| current().block_on(async { spawn(async { 1 }).await.unwrap() }));
            drop(release);
            let metrics = Handle::current().metrics();
            until("there is a thread", || metrics.num_idle_blocking_threads() == 1);
            let outer = block_in_place(|| {
                Handle::current().block_on(async { spawn(async { 2 }).await.unwrap() })
            });
            inner + outer
        });
        assert_eq!(runtime.block_on(task).unwrap(), 3);
        assert!(runtime.block_on(occupies).unwrap().is_err());
    });
}
