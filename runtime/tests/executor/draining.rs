//! Coming to an end without losing anything.

use crate::common::{Gate, Reports, executor, is_pending, noop, quick, wait, waiting};
use graph_runtime::{AsyncTaskExecutor, Drained, ExecutableTask, Graph, TaskContext, TaskError};
use graph_runtime::{ExecutorError, task_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A task that counts its completion.
fn counting(done: &Arc<AtomicUsize>) -> ExecutableTask {
    let done = Arc::clone(done);
    ExecutableTask::new(task_fn(move |_| {
        done.fetch_add(1, Ordering::Relaxed);
        async { Ok::<_, TaskError>(()) }
    }))
}

fn passed() -> Option<Instant> {
    Some(Instant::now() - Duration::from_secs(1))
}

fn resume(left: Drained) -> AsyncTaskExecutor {
    let other = executor(|_| ());
    let report = wait(other.run(left.into_graph())).unwrap();
    assert!(report.is_complete(), "{report:?}");
    other
}

#[test]
fn nothing_is_left_of_an_idle_executor() {
    let executor = executor(|_| ());
    assert!(wait(executor.drain(None)).is_empty());
    assert!(wait(executor.drain(passed())).is_empty(), "a drain after a drain");
    let refused = executor.try_submit(noop().named("late")).unwrap_err();
    assert!(refused.error.is_draining());
    assert_eq!(refused.task.name.as_deref(), Some("late"));
    wait(executor.shutdown());
}

#[test]
fn each_task_completes_exactly_once_over_a_drain_and_a_resumption() {
    let executor = executor(|config| config.max_in_flight = 4);
    let done: Vec<_> = (0..2_000).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let (mut graph, mut ids) = (Graph::new(), Vec::new());
    for (number, done) in done.iter().enumerate() {
        let before = [number / 2, number / 3].map(|n| ids.get(n).copied());
        ids.push(graph.push(counting(done).after_all(before.into_iter().flatten())));
    }
    let handle = executor.try_submit_graph(graph).unwrap();
    let left = wait(executor.drain(None));
    let report = wait(handle);
    assert_eq!(report.counts().completed + left.remaining.len(), 2_000);
    assert!(left.cancelled.is_empty());
    resume(left);
    assert!(done.iter().all(|done| done.load(Ordering::Relaxed) == 1));
}

#[test]
fn what_runs_may_end_and_what_waits_behind_it_gets_its_output() {
    let executor = executor(|_| ());
    let (reports, seen) = Reports::new();
    let (gate, mut graph) = (Gate::default(), Graph::new());
    let first = graph.push(waiting("first", &reports, &gate));
    let second = graph.task("second", move |context: TaskContext| async move {
        Ok::<_, ExecutorError>(context.output::<&str>(first)?.len())
    });
    let second = second.after(first).add();
    let handle = executor.try_submit_graph(graph).unwrap();
    assert_eq!(seen.next(), "first");
    let mut drain = Box::pin(executor.drain(None));
    assert!(is_pending(&mut drain));
    gate.open();
    let left = wait(drain);
    assert_eq!(left.remaining.len(), 1);
    assert_eq!(left.remaining[0].task.name.as_deref(), Some("second"));
    assert_eq!(left.remaining[0].completed.len(), 1);
    let other = crate::common::executor(|_| ());
    let report = wait(other.run(left.into_graph())).unwrap();
    assert_eq!(*report.output(second).unwrap(), 5);
    assert!(wait(handle).output(second).unwrap_err().is_cancelled());
}

#[test]
fn what_runs_too_long_is_stopped_and_can_be_run_again() {
    for deadline in [passed(), Some(Instant::now() + Duration::from_millis(20))] {
        let executor = executor(|_| ());
        let (reports, seen) = Reports::new();
        let (gate, mut graph) = (Gate::default(), Graph::new());
        let stuck = graph.push(waiting("stuck", &reports, &gate));
        graph.push(quick("after", &reports).after(stuck));
        drop(executor.try_submit_graph(graph).unwrap());
        assert_eq!(seen.next(), "stuck");
        let left = wait(executor.drain(deadline));
        assert_eq!((left.cancelled.len(), left.remaining.len()), (1, 1));
        assert_eq!(left.cancelled[0].task.id, stuck);
        assert_eq!(left.remaining[0].task.dependencies, [stuck]);
        gate.open();
        resume(left);
        assert_eq!(seen.all(), ["stuck", "after"]);
    }
}

#[test]
fn submitters_that_wait_get_their_tasks_back() {
    let executor = executor(|config| {
        config.max_queue_size = 1;
        config.max_in_flight = 1;
    });
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    drop(executor.try_submit(waiting("runs", &reports, &gate)).unwrap());
    assert_eq!(seen.next(), "runs");
    drop(executor.try_submit(noop().named("queued")).unwrap());
    let mut submit = Box::pin(executor.submit(noop().named("waits")));
    assert!(is_pending(&mut submit));
    let mut drain = Box::pin(executor.drain(None));
    assert!(is_pending(&mut drain));
    let refused = wait(submit).unwrap_err();
    assert!(refused.error.is_draining());
    assert_eq!(refused.task.name.as_deref(), Some("waits"));
    let mut second = Box::pin(executor.drain(None));
    assert!(is_pending(&mut second), "a drain during a drain waits as well");
    drop(drain);
    gate.open();
    let left = wait(second);
    assert_eq!(left.remaining[0].task.name.as_deref(), Some("queued"));
    assert!(wait(executor.drain(None)).is_empty(), "it is given out once");
}

#[test]
fn a_map_goes_on_elsewhere() {
    let executor = executor(|config| {
        config.max_queue_size = 8;
        config.max_in_flight = 1;
    });
    let mapped = Arc::new(AtomicUsize::new(0));
    let (counter, mut graph) = (Arc::clone(&mapped), Graph::new());
    let source = graph.task("items", |_| async { Ok::<_, TaskError>((0..500_u64).collect()) });
    let source = source.add();
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let opened = gate.clone();
    let results = graph.map("map", source, move |_, n| {
        let (reports, gate) = (reports.clone(), opened.clone());
        counter.fetch_add(1, Ordering::Relaxed);
        async move {
            if *n == 20 {
                reports.report("half way");
                gate.wait().await;
            }
            Ok::<_, TaskError>(*n)
        }
    });
    drop(executor.try_submit_graph(graph).unwrap());
    assert_eq!(seen.next(), "half way");
    let mut drain = Box::pin(executor.drain(None));
    assert!(is_pending(&mut drain));
    gate.open();
    let left = wait(drain);
    assert_eq!(left.remaining.len(), 480, "479 items, and the task that gathers the results");
    drop(executor);
    let other = crate::common::executor(|_| ());
    let report = wait(other.run(left.into_graph())).unwrap();
    assert!(report.is_complete());
    assert!(report.output(results).unwrap().iter().copied().eq(0..500));
    assert_eq!(mapped.load(Ordering::Relaxed), 500);
}

#[test]
fn an_executor_can_be_dropped_during_a_drain() {
    let executor = executor(|_| ());
    let (reports, seen) = Reports::new();
    let handle = executor.try_submit(waiting("runs", &reports, &Gate::default())).unwrap();
    assert_eq!(seen.next(), "runs");
    let mut drain = Box::pin(executor.drain(None));
    assert!(is_pending(&mut drain));
    drop(drain);
    drop(executor);
    assert!(wait(handle).unwrap_err().is_cancelled());
}
