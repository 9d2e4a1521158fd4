//! Parts of a graph that run again and again.

use crate::common::{executor, noop, until, wait};
use graph_runtime::{ExecutorError, Graph, GraphReport, Node, TaskContext, TaskError};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn begin(graph: &mut Graph, with: u64) -> Node<u64> {
    graph.task("begin", move |_| async move { Ok::<_, TaskError>(with) }).add()
}

/// A loop that counts to `last`, a generation for each number.
fn count_to(graph: &mut Graph, last: u64, limit: u64) -> Node<u64> {
    let first = begin(graph, 0);
    graph.repeat("count", limit, first, move |graph, generation| {
        let next = *generation.state + 1;
        let step = move |context: TaskContext| async move {
            assert_eq!(context.generation(), next);
            let is_last = next == last;
            Ok::<_, TaskError>(if is_last {
                ControlFlow::Break(next)
            } else {
                ControlFlow::Continue(next)
            })
        };
        graph.task("step", step).add()
    })
}

#[test]
fn a_hundred_thousand_generations_leave_no_more_than_one() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let last = 100_000;
    let result = count_to(&mut graph, last, last);
    let report = wait(executor.run(graph)).unwrap();
    assert_eq!(*report.output(result).unwrap(), last);
    let per_generation = 2;
    assert_eq!(report.counts().completed as u64, 3 + per_generation * last);
    assert!(report.is_complete());
    assert_eq!(report.tasks().len() as u64, 3 + per_generation, "the last generation");
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn a_loop_that_does_not_end_in_time_says_so() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let result = count_to(&mut graph, 100, 99);
    let after = graph.push(noop().after(result));
    let report = wait(executor.run(graph)).unwrap();
    assert!(report.output(result).unwrap_err().is_skipped());
    assert!(report.output::<()>(after).unwrap_err().is_skipped());
    let errors: Vec<_> = report.tasks().filter_map(|task| task.error).collect();
    let error = errors.iter().find(|error| error.is_failed()).unwrap().to_string();
    assert!(error.contains("loop") && error.contains("after 99 generations"), "{error}");
}

#[test]
fn a_generation_is_a_graph_of_its_own() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let first = begin(&mut graph, 1);
    let result = graph.repeat("double", 100, first, |graph, generation| {
        let n = *generation.state;
        let numbers = graph.task("split", move |_| async move { Ok::<_, TaskError>(vec![n; 2]) });
        let numbers = numbers.add();
        let halves = graph.map("half", numbers, |context: TaskContext, n| async move {
            Ok::<_, TaskError>((*n, context.generation()))
        });
        let decide = move |context: TaskContext| async move {
            let halves = context.output(halves)?;
            assert!(halves.iter().all(|&(_, generation)| generation == context.generation()));
            let sum: u64 = halves.iter().map(|&(n, _)| n).sum();
            Ok::<_, ExecutorError>(if sum >= 1_000 {
                ControlFlow::Break((sum, context.generation()))
            } else {
                ControlFlow::Continue(sum)
            })
        };
        graph.task("decide", decide).after(halves).add()
    });
    let report = wait(executor.run(graph)).unwrap();
    assert_eq!(*report.output(result).unwrap(), (1_024, 10));
    assert_eq!(executor.known_tasks(), 0);
}

/// The names of the tasks that the report has, sorted.
fn names(report: &GraphReport) -> Vec<String> {
    let mut names: Vec<String> =
        report.tasks().filter_map(|task| task.name.map(|name| name.to_string())).collect();
    names.sort_unstable();
    names
}

#[test]
fn what_is_added_in_a_generation_goes_with_it() {
    const LAST: u64 = 3_000;
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let first = begin(&mut graph, 1);
    let result = graph.repeat("loop", LAST, first, |graph, generation| {
        let number = generation.number;
        let split = graph.task("split", move |context: TaskContext| async move {
            drop(context.try_submit(noop().named(format!("extra {number}")))?);
            Ok::<_, ExecutorError>(vec![number; 2])
        });
        let split = split.add();
        let halves =
            graph.map("half", split, |_, n| async move { Ok::<_, TaskError>(*n as f64 / 2.0) });
        let decide = move |context: TaskContext| async move {
            let sum: f64 = context.output(halves)?.iter().sum();
            Ok::<_, ExecutorError>(if number == LAST {
                ControlFlow::Break(sum)
            } else {
                ControlFlow::Continue(number)
            })
        };
        graph.task("decide", decide).after(halves).add()
    });
    let handle = executor.try_submit_graph(graph).unwrap();
    let report = wait(handle);
    assert_eq!(*report.output(result).unwrap(), LAST as f64);
    let extra = format!("extra {LAST}");
    let last = [vec!["begin", "decide", &extra], vec!["half"; 4], vec!["loop"; 3], vec!["split"]];
    assert_eq!(names(&report), last.concat(), "the last generation, with what it has added");
    assert_eq!(report.counts().completed as u64, 3 + LAST * 8);
}

#[test]
fn a_loop_in_a_loop_goes_with_its_generation() {
    const LAST: u64 = 500;
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let first = begin(&mut graph, 1);
    let result = graph.repeat("outer", LAST, first, |graph, outer| {
        let number = outer.number;
        let first = graph.task("inner begin", |_| async { Ok::<_, TaskError>(0_u64) }).add();
        let inner = graph.repeat("inner", 3, first, move |graph, inner| {
            let (sum, generation) = (*inner.state + number, inner.number);
            let step = move |context: TaskContext| async move {
                let name = format!("extra {number}.{generation}");
                drop(context.try_submit(noop().named(name))?);
                Ok::<_, ExecutorError>(match generation {
                    3 => ControlFlow::Break(sum),
                    _ => ControlFlow::Continue(sum),
                })
            };
            graph.task("step", step).add()
        });
        let decide = move |context: TaskContext| async move {
            let sum = *context.output(inner)?;
            Ok::<_, ExecutorError>(if number == LAST {
                ControlFlow::Break(sum)
            } else {
                ControlFlow::Continue(sum)
            })
        };
        graph.task("decide", decide).after(inner).add()
    });
    let report = wait(executor.try_submit_graph(graph).unwrap());
    assert_eq!(*report.output(result).unwrap(), 3 * LAST);
    let extra = format!("extra {LAST}.3");
    let last = ["begin", "decide", &extra, "inner", "inner", "inner", "inner begin"];
    let last = [&last[..], &["outer", "outer", "outer", "step"]].concat();
    assert_eq!(names(&report), last, "the last generation of each, with what it has added");
}

#[test]
fn what_waits_in_a_loop_in_a_loop_is_listed() {
    let executor = executor(|config| config.max_in_flight = 1);
    let mut graph = Graph::new();
    let first = begin(&mut graph, 1);
    graph.repeat("outer", 1, first, |graph, _| {
        let first = graph.task("inner begin", |_| async { Ok::<_, TaskError>(0_u64) }).add();
        let inner = graph.repeat("inner", 1, first, |graph, _| {
            let step = |context: TaskContext| async move {
                drop(context.try_submit(noop().named("extra"))?);
                std::future::pending::<Result<ControlFlow<(), u64>, ExecutorError>>().await
            };
            graph.task("step", step).add()
        });
        graph
            .task("decide", |_| async { Ok::<_, TaskError>(ControlFlow::<(), u64>::Break(())) })
            .after(inner)
            .add()
    });
    let handle = executor.try_submit_graph(graph).unwrap();
    let is_listed = || handle.waiting().any(|why| why.name.as_deref() == Some("extra"));
    until(is_listed);
    drop(wait(handle.cancel_and_join()));
}

#[test]
fn a_loop_fits_through_a_queue_that_others_use() {
    let executor = executor(|config| {
        config.max_queue_size = 4;
        config.max_in_flight = 1;
    });
    let mut graph = Graph::new();
    let result = count_to(&mut graph, 300, 300);
    let handle = executor.try_submit_graph(graph).unwrap();
    wait(async {
        for _ in 0..300 {
            drop(executor.submit(noop()).await.unwrap());
        }
    });
    assert_eq!(*wait(handle).output(result).unwrap(), 300);
}

#[test]
fn a_task_that_fails_ends_the_loop() {
    let executor = executor(|_| ());
    let began = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&began);
    let mut graph = Graph::new();
    let first = begin(&mut graph, 0);
    let result = graph.repeat("fails", 100, first, move |graph, generation| {
        counter.fetch_add(1, Ordering::Relaxed);
        let number = generation.number;
        let step = move |_| async move {
            if number == 5 {
                return Err(TaskError::from("five"));
            }
            Ok(ControlFlow::<u64, u64>::Continue(number))
        };
        graph.task("step", step).add()
    });
    let report = wait(executor.run(graph)).unwrap();
    assert!(report.output(result).unwrap_err().is_skipped());
    assert_eq!(began.load(Ordering::Relaxed), 5);
    assert_eq!(report.counts().failed, 1);
    assert_eq!(report.counts().unfinished(), 0);
}

#[test]
fn an_endless_loop_can_be_cancelled() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let result = count_to(&mut graph, 0, u64::MAX);
    let handle = executor.try_submit_graph(graph).unwrap();
    until(|| executor.counts().completed >= 1_000);
    let report = wait(handle.cancel_and_join());
    assert!(report.output(result).unwrap_err().is_cancelled());
    assert_eq!(report.counts().unfinished(), 0);
}
