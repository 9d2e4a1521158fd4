//! Large graphs and long chains run to the end.

use crate::common::{executor, noop, wait};
use graph_runtime::{AsyncTask, ExecutableTask, Graph, TaskContext, TaskFuture, TaskOutput};
use std::sync::Arc;
use std::time::Instant;

/// Few enough for an unoptimised build, a million otherwise.
const TASKS: usize = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };

struct Noop;

impl AsyncTask for Noop {
    fn run(&self, _: TaskContext) -> TaskFuture {
        Box::pin(std::future::ready(Ok(TaskOutput::new(()))))
    }
}

/// Runs [`TASKS`] tasks, each after those that `parents` names.
fn check(shape: &str, parents: impl Fn(usize) -> Vec<usize>) {
    let executor = executor(|_| ());
    let noop: Arc<dyn AsyncTask> = Arc::new(Noop);
    let mut graph = Graph::new();
    let mut ids = Vec::with_capacity(TASKS);
    for n in 0..TASKS {
        let task = ExecutableTask::new(Arc::clone(&noop));
        ids.push(graph.push(task.after_all(parents(n).into_iter().map(|parent| ids[parent]))));
    }
    let begun = Instant::now();
    let report = wait(executor.run(graph)).unwrap();
    println!("{shape}: {:.0} ns a task", begun.elapsed().as_nanos() as f64 / TASKS as f64);
    assert!(report.is_complete());
    assert_eq!(report.counts().completed, TASKS);
    drop(report);
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn independent_tasks() {
    check("independent", |_| Vec::new());
}

#[test]
fn a_chain() {
    check("chain", |n| n.checked_sub(1).into_iter().collect());
}

#[test]
fn a_binary_tree() {
    check("tree", |n| if n == 0 { Vec::new() } else { vec![(n - 1) / 2] });
}

#[test]
fn a_long_chain_is_cancelled_without_a_deep_stack() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let gate = crate::common::Gate::default();
    let (reports, seen) = crate::common::Reports::new();
    let mut last = graph.push(crate::common::waiting("head", &reports, &gate));
    for _ in 1..TASKS {
        last = graph.push(noop().after(last));
    }
    let handle = executor.try_submit_graph(graph).unwrap();
    seen.next();
    let report = wait(handle.cancel_and_join());
    assert_eq!(report.counts().cancelled, TASKS);
    drop(report);
    assert_eq!(executor.known_tasks(), 0);
}
