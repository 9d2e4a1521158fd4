//! Whatever does not run can be asked why.

use crate::common::{Gate, Reports, executor, noop, quick, wait, waiting};
use graph_runtime::runtime::Builder;
use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, Reason, TaskError, TaskId};
use std::ops::ControlFlow;

#[test]
fn a_task_names_what_it_waits_for_while_it_waits() {
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let executor = executor(|config| config.max_in_flight = 1);
    let mut first = executor.try_submit(waiting("first", &reports, &gate)).unwrap();
    assert_eq!(seen.next(), "first");
    assert!(first.why().is_none(), "it runs");
    let mut second = executor.try_submit(quick("second", &reports).after(first.id())).unwrap();
    let mut third = executor.try_submit(noop()).unwrap();

    let why = second.why().expect("it waits");
    let dependency = Reason::Dependency { first: first.id(), unmet: 1 };
    assert_eq!((why.id, &why.reason), (second.id(), &dependency));
    let line = format!("task {} (second) waits for task {} (first)", second.id(), first.id());
    assert_eq!(why.to_string(), line);
    let why = executor.why(third.id()).expect("it waits");
    assert_eq!(why.reason, Reason::Slot { running: 1, limit: 1 });
    assert!(executor.why(TaskId::fresh()).is_none(), "nobody knows it");

    gate.open();
    for handle in [&mut first, &mut second, &mut third] {
        wait(&mut *handle).unwrap();
        assert!(executor.why(handle.id()).is_none(), "it has ended");
    }
}

#[test]
fn a_graph_lists_everything_that_waits() {
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let root = graph.push(waiting("root", &reports, &gate));
    let behind: Vec<TaskId> = (0..300).map(|_| graph.push(noop().after(root))).collect();
    let handle = executor.try_submit_graph(graph).unwrap();
    assert_eq!(seen.next(), "root");
    let listed: Vec<TaskId> = handle.waiting().map(|why| why.id).collect();
    assert_eq!(listed, behind);
    assert!(handle.waiting().all(|why| why.other.as_deref() == Some("root")));
    gate.open();
    assert!(wait(handle).is_complete());
}

#[test]
fn a_graph_lists_what_was_added_while_it_ran() {
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let root = graph.push(waiting("root", &reports, &gate));
    let source = graph.task("items", |_| async { Ok::<_, TaskError>((0..3_u64).collect()) }).add();
    let (reported, opened) = (reports.clone(), gate.clone());
    graph.map("map", source, move |_, _| {
        let (reports, gate) = (reported.clone(), opened.clone());
        async move {
            reports.report("item");
            gate.wait().await;
            Ok::<_, TaskError>(())
        }
    });
    let first = graph.task("first", |_| async { Ok::<_, TaskError>(1_u64) }).add();
    let (reported, opened) = (reports.clone(), gate.clone());
    graph.repeat("loop", 9, first, move |graph, _| {
        let (reports, gate) = (reported.clone(), opened.clone());
        let step = move |_| {
            let (reports, gate) = (reports.clone(), gate.clone());
            async move {
                reports.report("generation");
                gate.wait().await;
                Ok::<_, TaskError>(ControlFlow::<u64, u64>::Break(1))
            }
        };
        graph.task("step", step).add()
    });
    let handle = executor.try_submit_graph(graph).unwrap();
    let mut begun: Vec<_> = (0..5).map(|_| seen.next()).collect();
    begun.sort_unstable();
    assert_eq!(begun, ["generation", "item", "item", "item", "root"]);
    // More than are asked for at once, one by one and together.
    let mut added: Vec<TaskId> = Vec::new();
    for _ in 0..200 {
        added.push(handle.try_submit(noop().named("added").after(root)).unwrap().id());
    }
    let mut part = Graph::new();
    added.extend((0..200).map(|_| part.push(noop().named("added").after(root))));
    let part = handle.try_grow(part).unwrap();

    let listed: Vec<_> = handle.waiting().collect();
    let of = |name: &str| -> Vec<TaskId> {
        let named = listed.iter().filter(|why| why.name.as_deref() == Some(name));
        named.map(|why| why.id).collect()
    };
    assert_eq!(of("added"), added);
    assert_eq!(of("map").len(), 1, "the items run, and the task that gathers waits for them");
    assert_eq!(of("loop").len(), 2, "the next generation, and the result");
    assert_eq!(listed.len(), 403);
    gate.open();
    assert!(wait(handle).is_complete());
    drop(part);
}

#[test]
fn what_has_been_let_through_waits_for_a_worker() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let executor =
        AsyncTaskExecutor::on(runtime.handle().clone(), ExecutorConfig::default()).unwrap();
    let handles: Vec<_> = (0..3).map(|_| executor.try_submit(noop()).unwrap()).collect();
    assert!(handles[0].why().is_none(), "a worker has got it");
    let ahead = |at: usize| handles[at].why().map(|why| why.reason);
    assert_eq!(ahead(1), Some(Reason::Worker { ahead: 0 }));
    assert_eq!(ahead(2), Some(Reason::Worker { ahead: 1 }));
    runtime.block_on(executor.idle());
}
