//! Tasks that block their workers, all of them, until others have ended.

use crate::common::{check_all_ended, executor, noop, wait};
use futures_lite::future::block_on;
use graph_runtime::runtime::{Handle, worker_index};
use graph_runtime::task::{block_in_place, spawn};
use graph_runtime::{AsyncTaskExecutor, ExecutableTask, Graph, TaskError, task_fn};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

/// A task that blocks its thread on what another task of its executor does.
fn blocks_on_another(executor: &Arc<AsyncTaskExecutor>) -> ExecutableTask {
    let own = Arc::downgrade(executor);
    ExecutableTask::new(task_fn(move |_| {
        let own = own.upgrade().expect("the test waits for this task");
        block_on(own.try_submit(noop()).unwrap()).unwrap();
        let mut graph = Graph::new();
        let first = graph.push(noop());
        graph.push(noop().after(first));
        let is_complete = block_on(own.run(graph)).unwrap().is_complete();
        async move { if is_complete { Ok(()) } else { Err(TaskError::from("incomplete")) } }
    }))
}

#[test]
fn others_run_meanwhile_on_threads_that_stand_in() {
    for workers in [1, 2] {
        let executor = Arc::new(executor(|config| config.worker_count = workers));
        let handles: Vec<_> =
            (0..4).map(|_| executor.try_submit(blocks_on_another(&executor)).unwrap()).collect();
        handles.into_iter().for_each(|handle| drop(wait(handle).unwrap()));
        check_all_ended(&executor, 16);
    }
}

#[test]
fn they_are_freed_by_one_far_behind_them() {
    let executor = executor(|config| config.worker_count = 2);
    let (tell, told) = mpsc::channel();
    let told = Arc::new(Mutex::new(told));
    let mut graph = Graph::new();
    for _ in 0..8 {
        let told = Arc::clone(&told);
        graph.push(ExecutableTask::new(task_fn(move |_| {
            let heard = told.lock().unwrap().recv();
            async move { heard }
        })));
    }
    for _ in 0..1_000 {
        graph.push(noop());
    }
    graph.push(ExecutableTask::new(task_fn(move |_| {
        (0..8).for_each(|_| tell.send(()).unwrap());
        async { Ok::<_, TaskError>(()) }
    })));
    assert!(wait(executor.run(graph)).unwrap().is_complete());
    check_all_ended(&executor, 1_009);
}

#[test]
fn whoever_comes_after_one_that_lost_its_worker_is_begun_by_a_worker() {
    for workers in [1, 2] {
        let executor = executor(|config| config.worker_count = workers);
        let mut graph = Graph::new();
        let first = graph.push(ExecutableTask::new(task_fn(|_| async {
            // When a task spawned here has run, another thread is this worker, or will be soon.
            block_in_place(|| Handle::current().block_on(spawn(worker())).unwrap());
            Ok::<_, TaskError>(worker().await)
        })));
        let second = graph
            .task("second", move |context| async move {
                Ok::<_, TaskError>((context.worker(), worker().await))
            })
            .after(first)
            .add();
        let report = wait(executor.run(graph)).unwrap();
        let (said, is) = *report.output(second).unwrap();
        assert_eq!(said, is, "it was begun there");
        assert!(is.is_some(), "by a thread that is a worker");
        check_all_ended(&executor, 2);
    }
}

/// The number of the worker that polls this.
async fn worker() -> Option<usize> {
    worker_index()
}

#[test]
fn others_run_beside_one_that_blocks_in_place() {
    for workers in [1, 2] {
        let executor = executor(|config| config.worker_count = workers);
        let (tell, told) = mpsc::channel();
        let told = Arc::new(Mutex::new(told));
        let mut graph = Graph::new();
        for _ in 0..2 * workers {
            let told = Arc::clone(&told);
            graph.push(ExecutableTask::new(task_fn(move |_| {
                let heard = block_in_place(|| told.lock().unwrap().recv());
                async move { heard }
            })));
        }
        graph.push(ExecutableTask::new(task_fn(move |_| {
            (0..2 * workers).for_each(|_| tell.send(()).unwrap());
            async { Ok::<_, TaskError>(()) }
        })));
        assert!(wait(executor.run(graph)).unwrap().is_complete());
        check_all_ended(&executor, 2 * workers + 1);
    }
}
