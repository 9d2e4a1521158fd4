//! One task for each item, and what comes after all of them.

use crate::common::{Gate, executor, noop, wait};
use graph_runtime::{EndState, ExecutorError, FailurePolicy, Graph, Node, TaskContext, TaskError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A task that returns the numbers below `count`.
fn numbers(graph: &mut Graph, count: u64) -> Node<Vec<u64>> {
    let name = "numbers";
    graph.task(name, move |_| async move { Ok::<_, TaskError>((0..count).collect()) }).add()
}

/// A task that adds up the numbers that `mapped` returns.
fn sum(graph: &mut Graph, mapped: Node<Vec<u64>>) -> Node<u64> {
    let sum = move |context: TaskContext| async move {
        Ok::<u64, ExecutorError>(context.output(mapped)?.iter().sum())
    };
    graph.task("sum", sum).after(mapped).add()
}

#[test]
fn ten_thousand_items_are_mapped_and_reduced_in_order() {
    for (queue, in_flight) in [(1 << 20, 64), (16, 4)] {
        let executor = executor(|config| {
            config.max_queue_size = queue;
            config.max_in_flight = in_flight;
        });
        let most = Arc::new(AtomicUsize::new(0));
        let mut graph = Graph::new();
        let numbers = numbers(&mut graph, 10_000);
        let mapped = graph.map("double", numbers, |_, n| async move { Ok::<_, TaskError>(*n * 2) });
        graph.push(noop().after(mapped));
        let executor = Arc::new(executor);
        let (watched, peak) = (Arc::downgrade(&executor), Arc::clone(&most));
        let watch = move |_, item: graph_runtime::Item<u64>| {
            if let Some(executor) = watched.upgrade() {
                peak.fetch_max(executor.counts().pending(), Ordering::Relaxed);
            }
            async move { Ok::<_, TaskError>(*item) }
        };
        let again = graph.map("watch", numbers, watch);
        let total = sum(&mut graph, mapped);
        let report = wait(executor.run(graph)).unwrap();
        assert!(report.is_complete(), "{:?}", report.counts());
        assert_eq!(report.output(mapped).unwrap().len(), 10_000);
        assert!(report.output(mapped).unwrap().iter().zip(0..).all(|(&it, n)| it == 2 * n));
        assert!(report.output(again).unwrap().iter().copied().eq(0..10_000));
        assert_eq!(*report.output(total).unwrap(), 99_990_000);
        assert!(most.load(Ordering::Relaxed) <= queue);
        drop(report);
        assert_eq!(executor.known_tasks(), 0);
    }
}

#[test]
fn a_map_makes_progress_with_the_smallest_queue() {
    let executor = executor(|config| {
        config.max_queue_size = 4;
        config.max_in_flight = 1;
    });
    let mut graph = Graph::new();
    let numbers = numbers(&mut graph, 1_000);
    let mapped = graph.map("double", numbers, |_, n| async move { Ok::<_, TaskError>(*n * 2) });
    let total = sum(&mut graph, mapped);
    let handle = executor.try_submit_graph(graph).unwrap();
    // Others get their turns in the line as well.
    let other = wait(executor.submit(noop())).unwrap();
    wait(other).unwrap();
    assert_eq!(*wait(handle).output(total).unwrap(), 999_000);
}

#[test]
fn nothing_is_mapped_to_nothing() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let numbers = numbers(&mut graph, 0);
    let mapped = graph.map("double", numbers, |_, n| async move { Ok::<_, TaskError>(*n * 2) });
    let total = sum(&mut graph, mapped);
    let report = wait(executor.run(graph)).unwrap();
    assert!(report.is_complete());
    assert_eq!(*report.output(total).unwrap(), 0);
}

#[test]
fn an_item_that_fails_fails_as_the_graph_says() {
    for policy in [FailurePolicy::ContinueIndependent, FailurePolicy::FailFast] {
        let executor = executor(|config| config.max_in_flight = 1);
        let mut graph = Graph::new().failure_policy(policy);
        let numbers = numbers(&mut graph, 100);
        let mapped = graph.map("pick", numbers, |_, n| async move {
            if *n == 7 { Err("seven".to_owned()) } else { Ok(*n) }
        });
        let total = sum(&mut graph, mapped);
        let report = wait(executor.run(graph)).unwrap();
        let counts = report.counts();
        assert_eq!(counts.failed, 1);
        assert_eq!(counts.submitted, 104);
        if policy == FailurePolicy::FailFast {
            assert!(counts.cancelled > 0);
            assert!(report.output(total).is_err());
        } else {
            // The numbers, the task that adds those of the items, and 99 of these.
            assert_eq!((counts.completed, counts.skipped), (101, 2));
            assert!(report.output(total).unwrap_err().is_skipped());
        }
        let failed = report.tasks().find(|task| task.end == EndState::Failed).unwrap();
        assert_eq!(failed.name.as_deref(), Some("pick"));
        assert!(failed.error.unwrap().to_string().contains("seven"));
    }
}

#[test]
fn a_cancelled_map_leaves_nothing_behind() {
    let executor = executor(|config| {
        config.max_queue_size = 8;
        config.max_in_flight = 2;
    });
    let (gate, began) = (Gate::default(), Arc::new(AtomicUsize::new(0)));
    let kept = Arc::new(());
    let items = vec![Arc::clone(&kept); 1_000];
    let mut graph = Graph::new();
    let source = graph.task("items", move |_| {
        let items = items.clone();
        async move { Ok::<_, TaskError>(items) }
    });
    let source = source.add();
    let (wait_for, counter) = (gate.clone(), Arc::clone(&began));
    graph.map("stuck", source, move |_, _| {
        counter.fetch_add(1, Ordering::Relaxed);
        let gate = wait_for.clone();
        async move {
            gate.wait().await;
            Ok::<_, TaskError>(())
        }
    });
    let handle = executor.try_submit_graph(graph).unwrap();
    wait(async {
        while began.load(Ordering::Relaxed) < 2 {
            futures_lite::future::yield_now().await;
        }
    });
    let report = wait(handle.cancel_and_join());
    assert_eq!(report.counts().completed, 2, "the items, and the task that adds their tasks");
    assert_eq!(report.counts().unfinished(), 0);
    drop(report);
    wait(executor.shutdown());
    drop(executor);
    assert_eq!(Arc::strong_count(&kept), 1);
}

#[test]
fn what_the_items_tasks_are_like_is_said_once() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let numbers = numbers(&mut graph, 3);
    let each = |task: graph_runtime::ExecutableTask| task.named("item").priority(3);
    let run = |context: TaskContext, item: graph_runtime::Item<u64>| async move {
        Ok::<_, TaskError>((context.name().map(str::to_owned), item.index(), *item))
    };
    let mapped = graph.map_with("map", numbers, each, run);
    let report = wait(executor.run(graph)).unwrap();
    let expected = [0, 1, 2].map(|n| (Some("item".to_owned()), n, n as u64));
    assert_eq!(*report.output(mapped).unwrap(), expected);
}

#[test]
fn a_running_task_maps_what_it_likes() {
    let executor = executor(|config| config.max_queue_size = 4);
    let mut graph = Graph::new();
    let outer = graph.task("outer", |context: TaskContext| async move {
        let squares = context.map("square", (0..500_u64).collect(), |_, n| async move {
            Ok::<_, TaskError>(*n * *n)
        })?;
        let squares = squares.await?.downcast::<Vec<u64>>().expect("that is its type");
        Ok::<_, ExecutorError>(squares.iter().sum::<u64>())
    });
    let outer = outer.add();
    let report = wait(executor.run(graph)).unwrap();
    assert_eq!(*report.output(outer).unwrap(), 41_541_750);
    assert_eq!(report.counts().completed, 502);
}
