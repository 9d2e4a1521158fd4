//! What a task returns reaches its handle, its dependents and its graph's report, typed.

use crate::common::{executor, wait};
use graph_runtime::{
    ExecutableTask, ExecutorError, Graph, GraphReport, Node, TaskError, TaskId, task_fn,
};
use std::convert::Infallible;

/// Adds a task that returns `7_u32`.
fn seven(graph: &mut Graph) -> Node<u32> {
    graph.task("seven", |_| async { Ok::<_, Infallible>(7_u32) }).add()
}

fn run(graph: Graph) -> GraphReport {
    let executor = executor(|_| ());
    wait(executor.run(graph)).unwrap()
}

#[test]
fn a_node_knows_the_type_of_its_output() {
    let mut graph = Graph::new();
    let seven = seven(&mut graph);
    let twice = graph
        .task(
            "twice",
            move |context| async move { Ok::<_, ExecutorError>(*context.output(seven)? * 2) },
        )
        .after(seven)
        .add();
    let report = run(graph);
    assert!(report.is_complete());
    assert_eq!(*report.output(twice).unwrap(), 14);
    assert_eq!(*report.output::<u32>(twice.id()).unwrap(), 14);
}

#[test]
fn ids_need_be_in_no_order() {
    let mut graph = Graph::new();
    let ids = [9, 3, 70, 4].map(TaskId::new);
    for (place, &id) in ids.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| ids[place]);
        let next = task_fn(move |context: graph_runtime::TaskContext| async move {
            let before = before.map(|id| context.output::<u64>(id)).transpose()?;
            Ok::<_, ExecutorError>(before.map_or(0, |before| *before) * 100 + id.as_u64())
        });
        graph.push(ExecutableTask::new(next).with_id(id).after_all(before));
    }
    let report = run(graph);
    let outputs = ids.map(|id| *report.output::<u64>(id).unwrap());
    assert_eq!(outputs, [9, 903, 90_370, 9_037_004]);
    assert_eq!(report.tasks().map(|task| task.id).collect::<Vec<_>>(), ids);
    assert!(report.output::<u64>(TaskId::new(10)).is_err());
}

#[test]
fn an_output_of_another_type_is_an_error_that_names_both() {
    let mut graph = Graph::new();
    let seven = seven(&mut graph);
    let asks = graph
        .task("asks", move |context| async move {
            Ok::<_, Infallible>(context.output::<String>(seven.id()).unwrap_err().to_string())
        })
        .after(seven)
        .add();
    let report = run(graph);
    let message = report.output(asks).unwrap();
    assert!(message.contains("u32") && message.contains("String"), "{message}");
    assert!(message.ends_with("ask for what it returns"), "{message}");
    assert!(matches!(
        report.output::<u8>(seven.id()),
        Err(ExecutorError::WrongType { id, .. }) if id == seven.id()
    ));
}

#[test]
fn only_dependencies_can_be_asked() {
    let mut graph = Graph::new();
    let seven = seven(&mut graph);
    let asks = graph
        .task("asks", move |context| async move { context.output(seven).map(|seven| *seven) })
        .add();
    let report = run(graph);
    let error = report.output(asks).unwrap_err();
    assert!(error.is_failed());
    assert!(error.to_string().contains("not among its dependencies"), "{error}");
    let stranger = report.output::<u32>(TaskId::new(404)).unwrap_err();
    assert!(matches!(stranger, ExecutorError::NotInGraph { .. }), "{stranger}");
    assert!(stranger.to_string().contains("ask the report"), "{stranger}");
}

#[test]
fn a_task_submitted_later_reads_one_that_has_ended() {
    let executor = executor(|_| ());
    let first = ExecutableTask::new(task_fn(|_| async { Ok::<_, Infallible>(7_u32) }));
    let first = executor.try_submit(first).unwrap();
    let id = first.id();
    wait(executor.idle());
    let second =
        task_fn(
            move |context| async move { Ok::<_, ExecutorError>(*context.output::<u32>(id)? + 1) },
        );
    let second = executor.try_submit(ExecutableTask::new(second).after(id)).unwrap();
    drop(first);
    let output = wait(second).unwrap();
    assert_eq!(*output.downcast::<u32>().unwrap(), 8);
}

#[test]
fn a_graph_reads_a_task_that_was_submitted_before() {
    let executor = executor(|_| ());
    let before = ExecutableTask::new(task_fn(|_| async { Ok::<_, Infallible>(7_u32) }));
    let before = executor.try_submit(before).unwrap();
    let id = before.id();
    let mut graph = Graph::new();
    let after = graph
        .task("after", move |context| async move {
            Ok::<_, ExecutorError>(*context.output::<u32>(id)? + 1)
        })
        .after(id)
        .add();
    let report = wait(executor.run(graph)).unwrap();
    assert_eq!(*report.output(after).unwrap(), 8);
}

#[test]
fn a_user_error_can_be_downcast_from_the_source() {
    let executor = executor(|_| ());
    let fails = task_fn(|_| async { Err::<(), _>(std::io::Error::other("no disk")) });
    let error = wait(executor.try_submit(ExecutableTask::new(fails)).unwrap()).unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.downcast_ref::<std::io::Error>().is_some(), "{source:?}");
    assert!(error.to_string().contains("no disk"), "{error}");
}

#[test]
fn the_context_knows_who_and_where_it_is() {
    let executor = executor(|config| config.worker_count = 1);
    let due = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let task = task_fn(|context| async move {
        assert!(!context.is_cancelled());
        let name = context.name().map(str::to_owned);
        Ok::<_, TaskError>((
            context.id(),
            name,
            context.attempt(),
            context.deadline(),
            context.worker(),
        ))
    });
    let task = ExecutableTask::new(task).with_id(TaskId::new(5)).named("who").deadline(due);
    let output = wait(executor.try_submit(task).unwrap()).unwrap();
    type Seen = (TaskId, Option<String>, u32, Option<std::time::Instant>, Option<usize>);
    let expected: Seen = (TaskId::new(5), Some("who".into()), 1, Some(due), Some(0));
    assert_eq!(*output.downcast::<Seen>().unwrap(), expected);
}
