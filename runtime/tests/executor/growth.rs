//! Graphs that grow while they run.

use crate::common::{Gate, Reports, executor, noop, quick, wait, waiting};
use futures_lite::future::yield_now;
use graph_runtime::{
    Dependents, EndState, ExecutableTask, ExecutorError, FailurePolicy, Graph, TaskContext,
    TaskError, task_fn,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A task that adds two like itself, `depth` levels deep.
fn tree(depth: u32, ran: &Arc<AtomicUsize>) -> ExecutableTask {
    let ran = Arc::clone(ran);
    ExecutableTask::new(task_fn(move |context: TaskContext| {
        let ran = Arc::clone(&ran);
        async move {
            ran.fetch_add(1, Ordering::Relaxed);
            for _ in 0..if depth == 0 { 0 } else { 2 } {
                drop(context.try_submit(tree(depth - 1, &ran))?);
            }
            Ok::<_, ExecutorError>(())
        }
    }))
}

#[test]
fn a_hundred_thousand_tasks_that_add_tasks_end_with_their_graph() {
    let executor = executor(|_| ());
    let ran = Arc::new(AtomicUsize::new(0));
    let mut graph = Graph::new();
    graph.push(tree(16, &ran));
    let report = wait(executor.run(graph)).unwrap();
    let tasks = (1 << 17) - 1;
    assert_eq!(ran.load(Ordering::Relaxed), tasks);
    assert_eq!((report.counts().completed, report.counts().submitted), (tasks, tasks));
    assert_eq!(report.tasks().len(), tasks);
    assert!(report.tasks().all(|task| task.end == EndState::Completed));
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn nothing_is_kept_of_what_nobody_can_ask_for() {
    let executor = executor(|_| ());
    let ran = Arc::new(AtomicUsize::new(0));
    let (gate, mut graph) = (Gate::default(), Graph::new());
    let (reports, seen) = Reports::new();
    graph.push(tree(10, &ran));
    graph.push(waiting("last", &reports, &gate));
    drop(executor.try_submit_graph(graph).unwrap());
    assert_eq!(seen.next(), "last");
    wait(async {
        while ran.load(Ordering::Relaxed) < (1 << 11) - 1 || executor.counts().unfinished() > 1 {
            yield_now().await;
        }
    });
    assert_eq!(executor.known_tasks(), 2, "the graph as it was submitted");
    gate.open();
    wait(executor.idle());
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn what_a_task_adds_can_use_its_output_and_that_of_others() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let one = graph.task("one", |_| async { Ok::<_, TaskError>(1) }).add();
    let sum = Arc::new(AtomicUsize::new(0));
    let total = Arc::clone(&sum);
    graph
        .task("adder", move |context: TaskContext| {
            let total = Arc::clone(&total);
            async move {
                let mut more = Graph::new();
                let two = more.task("two", |_| async { Ok::<_, TaskError>(2) }).add();
                let me = context.id();
                let add = move |context: TaskContext| {
                    let total = Arc::clone(&total);
                    async move {
                        let mine = *context.output::<i32>(me)?;
                        let sum = mine + *context.output(one)? + *context.output(two)?;
                        total.store(sum as usize, Ordering::Relaxed);
                        Ok::<_, ExecutorError>(sum)
                    }
                };
                more.task("sum", add).after(two).after(one).after(me).add();
                drop(context.try_grow(more)?);
                Ok::<_, ExecutorError>(4)
            }
        })
        .after(one)
        .add();
    let report = wait(executor.run(graph)).unwrap();
    assert_eq!(report.counts().completed, 4);
    assert_eq!(sum.load(Ordering::Relaxed), 7);
    let added = report.tasks().find(|task| task.name.as_deref() == Some("sum")).unwrap();
    assert_eq!(*report.output::<i32>(added.id).unwrap(), 7);
}

#[test]
fn what_was_added_fails_and_is_cancelled_with_its_graph() {
    for is_failure in [true, false] {
        let executor = executor(|_| ());
        let (reports, seen) = Reports::new();
        let gate = Gate::default();
        let mut graph = Graph::new().failure_policy(FailurePolicy::FailFast);
        graph.push(waiting("first", &reports, &gate));
        let handle = executor.try_submit_graph(graph).unwrap();
        assert_eq!(seen.next(), "first");
        let added = handle.try_submit(waiting("added", &reports, &gate)).unwrap();
        assert_eq!(seen.next(), "added");
        let waits = handle.try_submit(noop().after(added.id())).unwrap();
        if is_failure {
            let fails = task_fn(|_| async { Err::<(), TaskError>("no".into()) });
            drop(handle.try_submit(ExecutableTask::new(fails)).unwrap());
        } else {
            handle.cancel();
        }
        assert!(wait(added).unwrap_err().is_cancelled());
        assert!(wait(waits).unwrap_err().is_cancelled());
        let report = wait(handle);
        assert_eq!(report.counts().failed, usize::from(is_failure));
        assert_eq!(report.counts().cancelled, 3);
    }
}

#[test]
fn a_graph_that_has_ended_takes_nothing_more() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    graph.push(noop());
    let handle = executor.try_submit_graph(graph).unwrap();
    wait(executor.idle());
    let refused = handle.try_submit(noop().named("late")).unwrap_err();
    assert!(refused.error.is_too_late());
    assert_eq!(refused.task.name.as_deref(), Some("late"));
    let mut more = Graph::new();
    more.push(noop());
    let refused = handle.try_grow(more).unwrap_err();
    assert!(refused.error.is_too_late());
    assert_eq!(refused.task.len(), 1);
    assert_eq!(wait(handle).counts().completed, 1);
}

#[test]
fn an_addition_does_not_fit_into_a_full_queue_and_waits_outside_tasks() {
    let executor = executor(|config| {
        config.max_queue_size = 1;
        config.max_in_flight = 1;
    });
    let (reports, seen) = Reports::new();
    let (gate, last, mut graph) = (Gate::default(), Gate::default(), Graph::new());
    graph.push(waiting("runs", &reports, &gate));
    let handle = executor.try_submit_graph(graph).unwrap();
    assert_eq!(seen.next(), "runs");
    let waits = handle.try_submit(waiting("waits", &reports, &last)).unwrap();
    assert!(handle.try_submit(noop()).unwrap_err().error.is_queue_full());
    let mut more = Graph::new();
    more.push(noop());
    assert!(handle.try_grow(more).unwrap_err().error.is_queue_full());
    let mut submit = Box::pin(handle.submit(quick("later", &reports)));
    assert!(crate::common::is_pending(&mut submit));
    gate.open();
    let later = wait(submit).unwrap();
    last.open();
    wait(later).unwrap();
    wait(waits).unwrap();
    assert_eq!(wait(handle).counts().completed, 3);
}

#[test]
fn edges_are_added_and_rings_refused() {
    let executor = executor(|config| config.max_in_flight = 1);
    let (reports, seen) = Reports::new();
    let (gate, mut graph) = (Gate::default(), Graph::new());
    let blocks = graph.push(waiting("blocks", &reports, &gate).priority(10));
    let late = graph.push(quick("late", &reports).priority(9));
    let early = graph.push(quick("early", &reports));
    let handle = executor.try_submit_graph(graph).unwrap();
    assert_eq!(seen.next(), "blocks");
    executor.connect(early, late).unwrap();
    assert!(matches!(
        executor.connect(late, early),
        Err(ExecutorError::Rejected(error)) if error.is_cycle()
    ));
    assert!(executor.connect(late, blocks).unwrap_err().is_too_late());
    gate.open();
    assert!(wait(handle).is_complete());
    let order = seen.all();
    assert_eq!(order, ["early", "late"]);
}

#[test]
fn a_removed_task_lets_its_dependents_go_if_asked() {
    let executor = executor(|config| config.max_in_flight = 1);
    let (reports, seen) = Reports::new();
    let (gate, mut graph) = (Gate::default(), Graph::new());
    let first = graph.push(waiting("first", &reports, &gate));
    let check = graph.push(quick("check", &reports).after(first));
    let deploy = graph.push(quick("deploy", &reports).after(check));
    let handle = executor.try_submit_graph(graph).unwrap();
    assert_eq!(seen.next(), "first");
    assert!(executor.remove(first, Dependents::Skip).unwrap_err().is_too_late());
    executor.remove(check, Dependents::Detach).unwrap();
    gate.open();
    let report = wait(handle);
    assert_eq!((report.counts().completed, report.counts().cancelled), (2, 1));
    assert!(report.output::<&str>(check).unwrap_err().is_cancelled());
    assert_eq!(*report.output::<&str>(deploy).unwrap(), "deploy");
}

#[test]
fn a_pause_starts_nothing_until_it_is_over() {
    let executor = executor(|_| ());
    executor.pause();
    let handle = executor.try_submit(noop()).unwrap();
    let reason = executor.why(handle.id()).map(|explanation| explanation.reason);
    assert_eq!(reason, Some(graph_runtime::Reason::Paused));
    assert_eq!(executor.counts().ready, 1);
    executor.resume();
    wait(handle).unwrap();
}

#[test]
fn a_task_without_a_graph_adds_tasks_without_one() {
    let executor = executor(|_| ());
    let added = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&added);
    let task = task_fn(move |context: TaskContext| {
        let counter = Arc::clone(&counter);
        async move {
            assert_eq!(context.graph(), None);
            let mut graph = Graph::new();
            graph.push(noop());
            let refused = context.try_grow(graph).unwrap_err();
            assert!(matches!(refused.error, ExecutorError::NoGraph { .. }));
            drop(context.try_submit(tree(3, &counter))?);
            Ok::<_, ExecutorError>(())
        }
    });
    wait(executor.try_submit(ExecutableTask::new(task)).unwrap()).unwrap();
    wait(executor.idle());
    assert_eq!(added.load(Ordering::Relaxed), 15);
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn a_part_with_a_timeout_of_its_own_is_refused() {
    let executor = executor(|_| ());
    let (reports, seen) = Reports::new();
    let (gate, mut graph) = (Gate::default(), Graph::new());
    graph.push(waiting("runs", &reports, &gate));
    let handle = executor.try_submit_graph(graph).unwrap();
    assert_eq!(seen.next(), "runs");
    let mut part = Graph::new().timeout(Duration::from_secs(9));
    part.push(noop());
    let refused = handle.try_grow(part).unwrap_err();
    assert!(refused.error.is_rejected());
    assert!(refused.to_string().contains("timeout is 9s"), "{refused}");
    assert_eq!(refused.task.len(), 1, "it comes back");
    gate.open();
    assert_eq!(wait(handle).counts().ended(), 1);
}
