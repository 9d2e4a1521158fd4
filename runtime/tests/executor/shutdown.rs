//! Shutting down cancels everything and leaves nothing behind.

use crate::common::{
    Gate, Reports, check_all_ended, executor, is_pending, noop, until, wait, waiting,
};
use graph_runtime::runtime::Builder;
use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph};
use std::sync::Arc;

#[test]
fn while_busy() {
    let executor = executor(|config| {
        config.max_in_flight = 4;
        config.max_queue_size = 20;
    });
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let mut graph = Graph::new();
    for _ in 0..20 {
        graph.push(waiting("task", &reports, &gate));
    }
    let graph = executor.try_submit_graph(graph).unwrap();
    for _ in 0..4 {
        seen.next();
    }
    (0..4).for_each(|_| drop(executor.try_submit(noop()).unwrap()));
    let mut waits = Box::pin(executor.submit(noop()));
    assert!(is_pending(&mut waits));

    wait(executor.shutdown());
    let counts = executor.counts();
    assert_eq!((counts.unfinished(), counts.cancelled), (0, 24));
    assert_eq!(wait(graph).counts().cancelled, 20);
    let refused = wait(waits).unwrap_err();
    assert!(refused.error.is_shut_down());
    assert!(executor.try_submit(*refused.task).unwrap_err().error.is_shut_down());
    assert_eq!(executor.known_tasks(), 0);
    // A runtime task retires a moment after it has reported its end.
    until(|| executor.handle().metrics().tasks.live == 0);
}

#[test]
fn by_dropping_the_executor() {
    let executor = executor(|config| config.max_in_flight = 1);
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let running = executor.try_submit(waiting("task", &reports, &gate)).unwrap();
    let queued = executor.try_submit(noop()).unwrap();
    seen.next();
    let handle = executor.handle().clone();
    drop(executor);
    assert_eq!(handle.metrics().tasks.live, 0, "the threads are joined");
    assert!(wait(running).unwrap_err().is_cancelled());
    assert!(wait(queued).unwrap_err().is_cancelled());
}

#[test]
fn of_the_runtime_below_ends_a_long_queue_without_a_deep_stack() {
    let tasks = 50_000;
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let config = ExecutorConfig { max_in_flight: 1, ..ExecutorConfig::default() };
    let executor = AsyncTaskExecutor::on(runtime.handle().clone(), config).unwrap();
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    drop(executor.try_submit(waiting("task", &reports, &gate)).unwrap());
    (1..tasks).for_each(|_| drop(executor.try_submit(noop()).unwrap()));
    seen.next();
    drop(runtime);
    wait(executor.idle());
    let counts = executor.counts();
    assert_eq!((counts.unfinished(), counts.cancelled), (0, tasks));
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn from_within_a_task() {
    let executor = Arc::new(executor(|_| ()));
    let inner = Arc::clone(&executor);
    let task = graph_runtime::task_fn(move |_| {
        let inner = Arc::clone(&inner);
        async move {
            // It waits for itself to end, and is cancelled by the same call.
            inner.shutdown().await;
            Ok::<_, graph_runtime::TaskError>(())
        }
    });
    let task = executor.try_submit(graph_runtime::ExecutableTask::new(task)).unwrap();
    assert!(wait(task).unwrap_err().is_cancelled());
}

#[test]
fn while_others_submit_and_add() {
    for round in 0..30 {
        let executor = executor(|config| config.max_queue_size = 8);
        let begun = std::sync::Barrier::new(4);
        let submitted = std::thread::scope(|scope| {
            let alone = scope.spawn(|| {
                begun.wait();
                (0..).find(|_| wait(executor.submit(noop())).is_err())
            });
            let whole = scope.spawn(|| {
                begun.wait();
                (0..).find(|_| {
                    let mut graph = Graph::new();
                    let first = graph.push(noop());
                    graph.push(noop().after(first));
                    wait(executor.submit_graph(graph)).is_err()
                })
            });
            let added = scope.spawn(|| {
                let (gate, (reports, _seen)) = (Gate::default(), Reports::new());
                let mut graph = Graph::new();
                graph.push(waiting("never ends", &reports, &gate));
                let graph = executor.try_submit_graph(graph).unwrap();
                begun.wait();
                (1..).find(|_| wait(graph.submit(noop())).is_err())
            });
            begun.wait();
            (0..round).for_each(|_| std::thread::yield_now());
            wait(executor.shutdown());
            let [alone, whole, added] =
                [alone, whole, added].map(|it| it.join().unwrap().expect("it was refused"));
            alone + 2 * whole + added
        });
        check_all_ended(&executor, submitted);
    }
}
