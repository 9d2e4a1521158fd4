//! A full queue hands the task back or makes the submitter wait, first come, first served.

use crate::common::{Gate, Reports, executor, is_pending, noop, quick, wait, waiting};
use graph_runtime::{AsyncTaskExecutor, ExecutorError, Graph, TaskHandle};
use std::pin::pin;

/// An executor with one slot, which is taken, and a queue of `room`; opening the gate frees it.
fn busy(room: usize) -> (AsyncTaskExecutor, Gate, TaskHandle) {
    let executor = executor(|config| {
        config.max_in_flight = 1;
        config.max_queue_size = room;
    });
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let first = executor.try_submit(waiting("first", &reports, &gate)).unwrap();
    seen.next();
    (executor, gate, first)
}

#[test]
fn try_submit_hands_the_task_back_untouched() {
    let (executor, _gate, _first) = busy(1);
    let _second = executor.try_submit(noop()).unwrap();
    let due = std::time::Instant::now();
    let third = noop().named("third").deadline(due).priority(3);
    let id = third.id;
    let refused = executor.try_submit(third).unwrap_err();
    assert!(matches!(refused.error, ExecutorError::QueueFull { capacity: 1, limited: None }));
    let task = refused.task;
    assert_eq!((task.id, task.deadline, task.priority, task.timeout), (id, Some(due), 3, None));
    assert_eq!(executor.metrics().tasks.rejected, 1);
    assert_eq!(executor.counts().submitted, 2);
}

#[test]
fn submitters_are_served_in_order() {
    let (executor, gate, first) = busy(1);
    let (reports, seen) = Reports::new();
    let queued = executor.try_submit(quick("queued", &reports)).unwrap();
    let mut a = Box::pin(executor.submit(quick("a", &reports)));
    let mut b = Box::pin(executor.submit(quick("b", &reports)));
    assert!(is_pending(&mut a) && is_pending(&mut b));
    gate.open();
    wait(first).unwrap();
    wait(queued).unwrap();
    wait(async {
        let a = a.await.unwrap();
        let b = b.await.unwrap();
        a.await.unwrap();
        b.await.unwrap();
    });
    assert_eq!(seen.all(), ["queued", "a", "b"]);
}

#[test]
fn nobody_overtakes_a_graph_that_waits() {
    let (executor, gate, _first) = busy(2);
    let _queued = executor.try_submit(noop()).unwrap();
    let mut graph = Graph::new();
    let pair = [graph.push(noop()), graph.push(noop())];
    let mut run = Box::pin(executor.run(graph));
    assert!(is_pending(&mut run));
    let refused = executor.try_submit(noop()).unwrap_err();
    assert!(refused.error.is_queue_full(), "there is one place, but the graph was here first");
    gate.open();
    let report = wait(run).unwrap();
    assert!(report.is_complete());
    assert_eq!(report.tasks().map(|task| task.id).collect::<Vec<_>>(), pair);
}

#[test]
fn a_dropped_submit_leaves_nothing_behind() {
    let (executor, gate, first) = busy(1);
    let queued = executor.try_submit(noop()).unwrap();
    {
        let mut waits = pin!(executor.submit(noop()));
        assert!(is_pending(&mut waits));
    }
    // Granted its room and dropped before it could use it: the room goes to the next.
    let mut granted = Box::pin(executor.submit(noop()));
    let mut next = Box::pin(executor.submit(noop()));
    assert!(is_pending(&mut granted) && is_pending(&mut next));
    gate.open();
    wait(first).unwrap();
    wait(queued).unwrap();
    drop(granted);
    wait(wait(next).unwrap()).unwrap();
    assert_eq!(executor.counts().submitted, 3);
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn a_graph_that_can_never_fit_is_refused_at_once() {
    let (executor, _gate, _first) = busy(1);
    let _queued = executor.try_submit(noop()).unwrap();
    let mut graph = Graph::new();
    for _ in 0..3 {
        graph.push(noop());
    }
    let refused = wait(executor.submit_graph(graph)).unwrap_err();
    let error = &refused.error;
    assert!(matches!(error, ExecutorError::GraphTooLarge { tasks: 3, capacity: 1 }), "{error}");
    assert!(error.is_rejected() && error.to_string().contains("max_queue_size"));
    assert_eq!(refused.task.len(), 3);
}

#[test]
fn a_cycle_is_named_and_the_graph_comes_back() {
    let executor = executor(|_| ());
    let (a, b) = (noop(), noop());
    let (ids, mut graph) = ([a.id, b.id], Graph::new());
    graph.push(a.after(ids[1]));
    graph.push(b.after(ids[0]));
    let refused = executor.try_submit_graph(graph).unwrap_err();
    for id in ids {
        assert!(refused.to_string().contains(&id.to_string()), "{refused}");
    }
    assert_eq!(refused.task.len(), 2);
    assert_eq!(executor.known_tasks(), 0);
}
