//! Cancelling one task, a graph, or everything; whoever waits learns of it after the futures are
//! gone.

use crate::common::{Gate, Reports, executor, is_pending, noop, wait, waiting};
use graph_runtime::{EndState, ExecutableTask, Graph, TaskError, task_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A task that never ends, counts itself in `alive` while its future exists, and reports its
/// begin.
fn endless(alive: &Arc<AtomicUsize>, reports: &Reports<()>) -> ExecutableTask {
    struct Alive(Arc<AtomicUsize>);
    impl Drop for Alive {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let (alive, reports) = (Arc::clone(alive), reports.clone());
    ExecutableTask::new(task_fn(move |_| {
        alive.fetch_add(1, Ordering::SeqCst);
        let (alive, reports) = (Alive(Arc::clone(&alive)), reports.clone());
        async move {
            let _alive = alive;
            reports.report(());
            std::future::pending::<Result<(), TaskError>>().await
        }
    }))
}

#[test]
fn a_running_task_is_gone_when_its_handle_says_so() {
    let executor = executor(|_| ());
    let (alive, (reports, seen)) = (Arc::default(), Reports::new());
    let handle = executor.try_submit(endless(&alive, &reports)).unwrap();
    seen.next();
    assert_eq!(alive.load(Ordering::SeqCst), 1);
    assert!(handle.cancel());
    assert!(wait(handle).unwrap_err().is_cancelled());
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    assert_eq!(executor.counts().running, 0);
}

#[test]
fn a_waiting_task_ends_at_once_and_its_dependents_are_skipped() {
    let executor = executor(|config| config.max_in_flight = 1);
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let first = executor.try_submit(waiting("first", &reports, &gate)).unwrap();
    seen.next();
    let second = executor.try_submit(noop()).unwrap();
    let third = executor.try_submit(noop().after(second.id())).unwrap();
    let fourth = executor.try_submit(noop().after(third.id())).unwrap();
    let (second_id, third_id) = (second.id(), third.id());
    assert!(executor.cancel(second_id));
    assert!(wait(second).unwrap_err().is_cancelled());
    let cause = |error| match error {
        graph_runtime::ExecutorError::Skipped { cause, .. } => cause,
        other => panic!("{other}"),
    };
    assert_eq!(cause(wait(third).unwrap_err()), second_id);
    assert_eq!(cause(wait(fourth).unwrap_err()), third_id);
    gate.open();
    wait(first).unwrap();
}

#[test]
fn what_has_ended_or_is_unknown_is_not_cancelled() {
    let executor = executor(|_| ());
    let mut handle = executor.try_submit(noop()).unwrap();
    let id = handle.id();
    wait(&mut handle).unwrap();
    assert!(!handle.cancel());
    drop(handle);
    assert!(!executor.cancel(id));
}

#[test]
fn a_graph_is_cancelled_and_joined() {
    let executor = executor(|_| ());
    let (alive, (reports, seen)) = (Arc::default(), Reports::new());
    let mut graph = Graph::new();
    let running = [(); 5].map(|()| graph.push(endless(&alive, &reports)));
    let waits = graph.push(noop().after_all(running));
    let bystander = executor.try_submit(endless(&alive, &reports)).unwrap();
    let handle = executor.try_submit_graph(graph).unwrap();
    (0..6).for_each(|_| seen.next());
    let report = wait(handle.cancel_and_join());
    assert_eq!(alive.load(Ordering::SeqCst), 1, "the bystander is not of the graph");
    assert!(report.tasks().all(|task| task.end == EndState::Cancelled));
    assert_eq!(report.tasks().last().unwrap().id, waits);
    assert!(!bystander.is_finished());
    bystander.cancel();
    wait(executor.idle());
    assert_eq!(alive.load(Ordering::SeqCst), 0);
}

#[test]
fn everything_is_cancelled_and_the_executor_goes_on() {
    let executor = executor(|config| config.max_in_flight = 3);
    let (alive, (reports, seen)) = (Arc::default(), Reports::new());
    let handles: Vec<_> =
        (0..10).map(|_| executor.try_submit(endless(&alive, &reports)).unwrap()).collect();
    (0..3).for_each(|_| seen.next());
    executor.cancel_all();
    wait(executor.idle());
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    for handle in handles {
        assert!(wait(handle).unwrap_err().is_cancelled());
    }
    wait(executor.try_submit(noop()).unwrap()).unwrap();
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn a_dropped_handle_detaches() {
    let executor = executor(|_| ());
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    drop(executor.try_submit(waiting("detached", &reports, &gate)).unwrap());
    seen.next();
    let mut idle = Box::pin(executor.idle());
    assert!(is_pending(&mut idle));
    gate.open();
    wait(idle);
    assert_eq!(executor.counts().completed, 1);
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn cancelling_from_many_threads_ends_each_task_once() {
    let executor = executor(|_| ());
    for _ in 0..200 {
        let handles: Vec<_> = (0..4).map(|_| executor.try_submit(noop()).unwrap()).collect();
        std::thread::scope(|scope| {
            for handle in &handles {
                scope.spawn(|| handle.cancel());
                scope.spawn(|| executor.cancel(handle.id()));
            }
        });
        for handle in handles {
            let result = wait(handle);
            assert!(result.is_ok() || result.is_err_and(|error| error.is_cancelled()));
        }
    }
    let counts = executor.counts();
    assert_eq!((counts.unfinished(), counts.ended()), (0, 800));
    assert_eq!(executor.metrics().tasks.live(), 0);
}
