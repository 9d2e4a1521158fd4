//! An executor whose graphs grow and loop for ever does not need more memory for that.
//!
//! Alone in its process, because it reads the peak size of the whole of it.

use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, ExecutorError, Graph, TaskContext,
    TaskError, task_fn,
};
use std::ops::ControlFlow;

const GENERATIONS: u64 = 100_000;

/// What the process may have grown by after as many generations: 20 bytes for each, and more than
/// one that is forgotten too late would take.
const SLACK_BYTES: u64 = 2 * 1024 * 1024;

/// The most memory the process has had resident so far.
fn peak_bytes() -> u64 {
    let status =
        std::fs::read_to_string("/proc/self/status").expect("Linux has a proc file system");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<u64>().ok()).expect("a number of KiB") * 1024
}

/// A loop in which every generation adds two tasks beside its own.
fn looping(generations: u64) -> Graph {
    let mut graph = Graph::new();
    let first = graph.task("begin", |_| async { Ok::<_, TaskError>(0_u64) }).add();
    let result = graph.repeat("loop", generations, first, move |graph, generation| {
        let number = generation.number;
        let step = move |context: TaskContext| async move {
            let nothing = || ExecutableTask::new(task_fn(|_| async { Ok::<_, TaskError>(()) }));
            let first = context.try_submit(nothing())?;
            drop(context.try_submit(nothing().after(first.id()))?);
            Ok::<_, ExecutorError>(if number == generations {
                ControlFlow::Break(number)
            } else {
                ControlFlow::Continue(number)
            })
        };
        graph.task("step", step).add()
    });
    graph
        .task("last", move |context: TaskContext| async move {
            Ok::<_, ExecutorError>(*context.output(result)?)
        })
        .after(result)
        .add();
    graph
}

/// Nobody asks what became of each task, so what was added is forgotten as it ends.
fn run_unasked(executor: &AsyncTaskExecutor, generations: u64) {
    drop(executor.try_submit_graph(looping(generations)).expect("there is room"));
    executor.block_on(executor.idle());
}

/// The report has the last generation, and what it has added.
fn run_for_a_report(executor: &AsyncTaskExecutor, generations: u64) {
    let handle = executor.try_submit_graph(looping(generations)).expect("there is room");
    assert_eq!(executor.block_on(handle).tasks().len(), 8);
}

#[test]
fn loops_and_additions_do_not_grow_memory() {
    let config = ExecutorConfig { worker_count: 2, ..ExecutorConfig::default() };
    let executor = AsyncTaskExecutor::new(config).expect("valid");
    let run = |generations| {
        run_unasked(&executor, generations);
        run_for_a_report(&executor, generations / 4);
    };
    run(GENERATIONS / 10);
    let before = peak_bytes();
    run(GENERATIONS);
    let grown = peak_bytes() - before;
    assert!(grown < SLACK_BYTES, "{GENERATIONS} generations took {grown} bytes");
    let generations = (GENERATIONS + GENERATIONS / 10) * 5 / 4;
    assert_eq!(executor.counts().completed as u64, 4 * 4 + 4 * generations);
    assert_eq!(executor.known_tasks(), 0);
}
