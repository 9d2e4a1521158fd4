//! Code is told which worker it runs on.

use crate::support::{current, multi, watched};
use graph_runtime::runtime::{Runtime, worker_index};
use graph_runtime::sync::oneshot;
use graph_runtime::task;
use std::sync::{Arc, Barrier};
use std::thread;

#[test]
fn a_task_is_on_the_worker_of_that_number() {
    let runtime = multi(3);
    let all_run = Arc::new(Barrier::new(3));
    let tasks = [(); 3].map(|()| {
        let all_run = Arc::clone(&all_run);
        runtime.spawn(async move {
            // Three tasks that block at the same time are on three workers.
            all_run.wait();
            worker_index()
        })
    });
    let mut found = tasks.map(|task| runtime.block_on(task).expect("it does not panic"));
    found.sort_unstable();
    assert_eq!(found, [Some(0), Some(1), Some(2)]);
    let pinned = runtime.handle().spawn_pinned(1, || async { worker_index() });
    let pinned = pinned.expect("there are three");
    assert_eq!(runtime.block_on(pinned).expect("it does not panic"), Some(1));
}

#[test]
fn whoever_drives_no_worker_is_told_so() {
    assert_eq!(worker_index(), None);
    let runtime = multi(1);
    assert_eq!(runtime.block_on(async { worker_index() }), None);
    let runtime = current();
    assert_eq!(runtime.block_on(async { worker_index() }), Some(0));
    assert_eq!(runtime.handle().block_on(async { worker_index() }), None);
    let _entered = runtime.enter();
    assert_eq!(worker_index(), None);
    let blocking = async { task::spawn_blocking(worker_index).await };
    assert_eq!(runtime.block_on(blocking).expect("it does not panic"), None);
}

#[test]
fn of_two_that_block_on_one_runtime_one_drives_it() {
    watched(|| {
        let runtime = Arc::new(current());
        let (drives, is_driven) = std::sync::mpsc::channel();
        let (release, released) = oneshot::channel::<()>();
        let of_driver = Arc::clone(&runtime);
        let driver = thread::spawn(move || {
            of_driver.block_on(async move {
                drives.send(()).expect("the test waits");
                released.await.expect("it is released");
                worker_index()
            })
        });
        is_driven.recv().expect("it drives");
        let index_of = |runtime: &Runtime| runtime.block_on(async { worker_index() });
        assert_eq!(index_of(&runtime), None);
        release.send(()).expect("it waits");
        assert_eq!(driver.join().expect("it does not panic"), Some(0));
        assert_eq!(index_of(&runtime), Some(0));
    });
}
