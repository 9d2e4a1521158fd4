//! A drain while loops and maps wait for room in the queue.

use crate::common::{Gate, Reports, executor, is_pending, noop, wait, waiting};
use futures_lite::future::yield_now;
use graph_runtime::{
    AsyncTaskExecutor, Drained, Graph, GraphHandle, Node, Reason, TaskContext, TaskError,
    TaskHandle,
};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A task that runs until its gate is opened, and as many that wait for it as the queue has room
/// for.
fn crowd(executor: &AsyncTaskExecutor) -> (Gate, Vec<TaskHandle>) {
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let first = executor.try_submit(waiting("blocker", &reports, &gate)).unwrap();
    assert_eq!(seen.next(), "blocker");
    let mut handles = vec![first];
    let blocker = handles[0].id();
    while let Ok(handle) = executor.try_submit(noop().after(blocker)) {
        handles.push(handle);
    }
    (gate, handles)
}

/// Waits until a task of the graph is held by what has no room.
fn wait_for_backlog(handle: &GraphHandle) {
    wait(async {
        let is_held = |reason: Reason| matches!(reason, Reason::Held { .. });
        while !handle.waiting().any(|why| is_held(why.reason)) {
            yield_now().await;
        }
    });
}

/// Drains, after letting go on what still runs.
fn drain(executor: &AsyncTaskExecutor, gate: &Gate) -> Drained {
    let mut drain = Box::pin(executor.drain(None));
    assert!(is_pending(&mut drain));
    gate.open();
    wait(drain)
}

/// A loop that notes each generation and stops at `gate` in number 3.
fn count_to(last: u64, gate: &Gate, ran: &Arc<Mutex<Vec<u64>>>) -> (Graph, Node<u64>) {
    let mut graph = Graph::new();
    let first = graph.task("begin", |_| async { Ok::<_, TaskError>(0_u64) }).add();
    let (gate, ran) = (gate.clone(), Arc::clone(ran));
    let result = graph.repeat("count", last, first, move |graph, generation| {
        let (next, gate, ran) = (*generation.state + 1, gate.clone(), Arc::clone(&ran));
        let step = move |context: TaskContext| {
            let (gate, ran) = (gate.clone(), Arc::clone(&ran));
            async move {
                ran.lock().unwrap().push(context.generation());
                if next == 3 {
                    gate.wait().await;
                }
                Ok::<_, TaskError>(if next == last {
                    ControlFlow::Break(next)
                } else {
                    ControlFlow::Continue(next)
                })
            }
        };
        graph.push(noop().named("aside"));
        graph.task("step", step).add()
    });
    (graph, result)
}

/// A loop whose generation 4 has no room, what it has run, and the executor's crowd.
struct FullLoop {
    handle: GraphHandle,
    result: Node<u64>,
    ran: Arc<Mutex<Vec<u64>>>,
    gate: Gate,
    others: Vec<TaskHandle>,
}

fn full_loop(executor: &AsyncTaskExecutor) -> FullLoop {
    let (stop, ran) = (Gate::default(), Arc::default());
    let (graph, result) = count_to(6, &stop, &ran);
    let handle = executor.try_submit_graph(graph).unwrap();
    wait(async {
        while ran.lock().unwrap().len() < 3 {
            yield_now().await;
        }
    });
    let (gate, others) = crowd(executor);
    stop.open();
    wait_for_backlog(&handle);
    FullLoop { handle, result, ran, gate, others }
}

#[test]
fn a_loop_goes_on_elsewhere_in_the_generation_that_had_no_room() {
    let executor = executor(|config| config.max_queue_size = 8);
    let FullLoop { handle, result, ran, gate, others } = full_loop(&executor);
    let left = drain(&executor, &gate);
    let of_loop = left.remaining.iter().filter(|it| it.graph == Some(handle.id()));
    let names: Vec<_> = of_loop.filter_map(|it| it.task.name.as_deref()).collect();
    assert_eq!(names, ["aside", "step", "count", "count"], "generation 4, the next, the result");
    assert_eq!(left.remaining.len(), 4 + others.len() - 1);

    let other = crate::common::executor(|_| ());
    let report = wait(other.run(left.into_graph())).unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(*report.output(result).unwrap(), 6);
    assert_eq!(*ran.lock().unwrap(), [1, 2, 3, 4, 5, 6], "each once, and knows which it is");
    assert!(wait(handle).output(result).unwrap_err().is_cancelled());
}

#[test]
fn nothing_is_left_of_a_cancelled_graph_that_waited_for_room() {
    let executor = executor(|config| config.max_queue_size = 8);
    let FullLoop { handle, result, gate, others, .. } = full_loop(&executor);
    // There is a place, its last task leaves another, and three are needed.
    handle.cancel();
    let left = drain(&executor, &gate);
    assert_eq!(left.remaining.len(), others.len() - 1);
    assert!(left.remaining.iter().all(|it| it.graph.is_none()), "the graph was cancelled");
    assert!(wait(handle).output(result).unwrap_err().is_cancelled());
}

#[test]
fn a_drained_loop_can_be_drained_again() {
    let (mut graph, result, ran) = {
        let (stop, ran) = (Gate::default(), Arc::default());
        stop.open();
        let (graph, result) = count_to(400, &stop, &ran);
        (graph, result, ran)
    };
    // Wherever it is, in the queue or in the line.
    for round in 0.. {
        let executor = executor(|config| config.max_queue_size = 8 + round % 3);
        let handle = executor.try_submit_graph(graph).unwrap();
        wait(async {
            let before = ran.lock().unwrap().len();
            while ran.lock().unwrap().len() < before + 40 && !handle.is_finished() {
                drop(executor.submit(noop()).await.unwrap());
            }
        });
        let left = wait(executor.drain(None));
        let report = wait(handle);
        if let Ok(result) = report.output(result) {
            assert_eq!(*result, 400);
            break;
        }
        let mut of_loop = left;
        of_loop.remaining.retain(|it| it.graph.is_some());
        graph = of_loop.into_graph();
    }
    assert!(ran.lock().unwrap().iter().copied().eq(1..=400));
}

/// A graph with a map of 50 items that wait for a gate, of which few have room.
fn full_map(executor: &AsyncTaskExecutor) -> (GraphHandle, Node<Vec<u64>>, Gate) {
    let (gate, mut graph) = (Gate::default(), Graph::new());
    let source = graph.task("items", |_| async { Ok::<_, TaskError>((0..50_u64).collect()) });
    let source = source.add();
    let (opened, begun) = (gate.clone(), Arc::new(AtomicUsize::new(0)));
    let begins = Arc::clone(&begun);
    let results = graph.map("map", source, move |_, n| {
        let (gate, begins) = (opened.clone(), Arc::clone(&begins));
        async move {
            begins.fetch_add(1, Ordering::SeqCst);
            gate.wait().await;
            Ok::<_, TaskError>(*n)
        }
    });
    let handle = executor.try_submit_graph(graph).unwrap();
    wait(async {
        // Those that are about to begin are not begun by a drain.
        while executor.counts().pending() < 6 || begun.load(Ordering::SeqCst) < 2 {
            yield_now().await;
        }
    });
    (handle, results, gate)
}

fn small_executor() -> AsyncTaskExecutor {
    executor(|config| {
        config.max_queue_size = 6;
        config.max_in_flight = 2;
    })
}

#[test]
fn a_map_without_room_loses_nothing() {
    let executor = small_executor();
    let (handle, results, gate) = full_map(&executor);
    let left = drain(&executor, &gate);
    assert_eq!(left.remaining.len(), 49, "48 items, and the task that gathers the results");
    assert!(left.remaining.iter().all(|it| it.graph == Some(handle.id())));
    let other = crate::common::executor(|_| ());
    let report = wait(other.run(left.into_graph())).unwrap();
    assert!(report.output(results).unwrap().iter().copied().eq(0..50));
}

#[test]
fn a_map_without_room_loses_nothing_when_what_runs_is_stopped() {
    let executor = small_executor();
    let (_handle, results, gate) = full_map(&executor);
    let left = wait(executor.drain(Some(Instant::now())));
    assert_eq!((left.remaining.len(), left.cancelled.len()), (49, 2));
    gate.open();
    let other = crate::common::executor(|_| ());
    let report = wait(other.run(left.into_graph())).unwrap();
    assert!(report.output(results).unwrap().iter().copied().eq(0..50));
}
