//! A long graph of short tasks leaves room for others on its worker.

use crate::common::{executor, noop, wait};
use graph_runtime::{ExecutableTask, Graph, TaskError, task_fn};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// Tasks of the chain between two polls of a neighbour: 16 in a poll, and at most 3 polls in a row
/// before the worker looks into its queue.
const BOUND: usize = 16 * 4;

#[test]
fn a_chain_of_short_tasks_lets_a_neighbour_run_within_a_bounded_number_of_them() {
    const TASKS: usize = 10_000;
    let executor = executor(|config| config.worker_count = 1);
    let ended = Arc::new(AtomicUsize::new(0));
    let counts = || {
        let ended = Arc::clone(&ended);
        ExecutableTask::new(task_fn(move |_| {
            ended.fetch_add(1, Ordering::Relaxed);
            async { Ok::<_, TaskError>(()) }
        }))
    };
    let mut graph = Graph::new();
    let mut last = graph.push(noop());
    (0..TASKS).for_each(|_| last = graph.push(counts().after(last)));

    // From before the first task of the chain until after the last.
    let neighbour = executor.handle().spawn({
        let ended = Arc::clone(&ended);
        async move {
            let (mut before, mut longest) = (ended.load(Ordering::Relaxed), 0);
            while before < TASKS {
                graph_runtime::task::yield_now().await;
                let now = ended.load(Ordering::Relaxed);
                longest = longest.max(now - before);
                before = now;
            }
            longest
        }
    });
    let chain = executor.try_submit_graph(graph).unwrap();
    assert!(wait(chain).is_complete());
    let longest = wait(neighbour).unwrap();
    assert!(longest <= BOUND, "{longest} tasks between two polls of a neighbour");
}

/// While tasks are short one worker runs them all. Here one of them blocks its worker until one far
/// behind it has run, which only another worker can do.
#[test]
fn a_task_that_takes_long_without_warning_holds_up_nobody_while_there_are_idle_workers() {
    const TASKS: usize = 20_000;
    let executor = executor(|config| config.worker_count = 2);
    let (tell, told) = mpsc::channel();
    let told = Mutex::new(told);
    let blocks = task_fn(move |_| {
        let heard = told.lock().unwrap().recv_timeout(Duration::from_secs(30));
        async move { heard }
    });
    let tells = task_fn(move |_| {
        let sent = tell.send(());
        async move { sent }
    });
    let mut graph = Graph::new();
    for _ in 0..TASKS / 2 {
        graph.push(noop());
    }
    graph.push(ExecutableTask::new(blocks));
    for _ in 0..TASKS / 2 {
        graph.push(noop());
    }
    graph.push(ExecutableTask::new(tells));
    let report = wait(executor.run(graph)).unwrap();
    assert!(report.is_complete(), "{:?}", report.counts());
}
