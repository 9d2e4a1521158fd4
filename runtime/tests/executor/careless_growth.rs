//! Loops and maps whose closures do what they should not.

use crate::common::{check_all_ended, executor, noop, wait};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, Graph, GraphReport, Item, Node, TaskError, task_fn,
};
use std::fmt;
use std::ops::ControlFlow;

type Decision = Node<ControlFlow<u64, u64>>;

/// A loop that a task waits for; `body` says how it goes on from a number.
fn looped(
    executor: &AsyncTaskExecutor,
    body: impl Fn(&mut Graph, u64) -> Decision + Send + Sync + 'static,
) -> (GraphReport, Node<u64>) {
    let mut graph = Graph::new();
    let first = graph.task("begin", |_| async { Ok::<_, TaskError>(0_u64) }).add();
    let body = move |graph: &mut Graph, of: graph_runtime::Generation<u64>| body(graph, *of.state);
    let result = graph.repeat("loop", 10, first, body);
    graph.push(noop().after(result));
    (wait(executor.run(graph)).unwrap(), result)
}

/// The error of the one task that failed.
fn failure(report: &GraphReport) -> String {
    let mut failures = report.tasks().filter_map(|it| it.error).filter(|it| it.is_failed());
    let failure = failures.next().expect("one has failed").to_string();
    assert!(failures.next().is_none());
    failure
}

/// The loop has no result because one of its tasks failed, and said `why`.
fn check_broken_off<T: fmt::Debug + Send + Sync + 'static>(
    executor: &AsyncTaskExecutor,
    report: GraphReport,
    result: Node<T>,
    why: &str,
) {
    assert!(report.output(result).unwrap_err().is_skipped());
    let failure = failure(&report);
    assert!(failure.contains(why), "{failure}");
    drop(report);
    check_all_ended(executor, executor.counts().submitted);
}

fn decide(graph: &mut Graph, next: ControlFlow<u64, u64>) -> Decision {
    graph.task("decide", move |_| async move { Ok::<_, TaskError>(next) }).add()
}

#[test]
fn a_body_that_panics_ends_the_loop() {
    let executor = executor(|_| ());
    let (report, result) = looped(&executor, |graph, number| {
        assert!(number < 3, "there is no generation {number}");
        decide(graph, ControlFlow::Continue(number + 1))
    });
    check_broken_off(&executor, report, result, "there is no generation 3");
}

#[test]
fn a_decision_of_another_graph_is_refused() {
    let executor = executor(|_| ());
    let (report, result) = looped(&executor, |graph, _| {
        graph.push(noop());
        decide(&mut Graph::new(), ControlFlow::Continue(1))
    });
    check_broken_off(&executor, report, result, "depend");
}

#[test]
fn a_state_that_panics_when_it_is_cloned_ends_the_loop() {
    struct Fragile(u64);
    impl Clone for Fragile {
        fn clone(&self) -> Self {
            assert!(self.0 < 3, "it broke");
            Self(self.0)
        }
    }
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let first = graph.task("begin", |_| async { Ok::<_, TaskError>(Fragile(0)) }).add();
    let result: Node<()> = graph.repeat("loop", 10, first, |graph, generation| {
        let number = generation.state.0 + 1;
        let decide =
            move |_| async move { Ok::<_, TaskError>(ControlFlow::Continue(Fragile(number))) };
        graph.task("decide", decide).add()
    });
    let report = wait(executor.run(graph)).unwrap();
    check_broken_off(&executor, report, result, "it broke");
}

#[test]
fn what_is_mapped_may_panic_in_its_drops() {
    struct Explosive;
    impl Drop for Explosive {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let items = |_| async { Ok::<_, TaskError>(vec![Explosive]) };
    let items = graph.task("items", items).add();
    let mapped = graph.map("map", items, |_, _| async { Ok::<_, TaskError>(Explosive) });
    graph.push(noop().after(mapped));
    drop(executor.try_submit_graph(graph).unwrap());
    wait(executor.idle());
    assert_eq!(executor.counts().completed, 5);
    check_all_ended(&executor, 5);
}

#[test]
fn the_tasks_of_items_stay_those_of_the_map() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let numbers = graph.task("numbers", |_| async { Ok::<_, TaskError>(vec![1, 2, 3]) }).add();
    // Another task altogether, with an id that all items would have.
    let other = |_: ExecutableTask| {
        let other = task_fn(|_| async { Err::<(), _>(TaskError::from("not this one")) });
        ExecutableTask::new(other).with_id(graph_runtime::TaskId::new(7))
    };
    let double = |_, number: Item<i32>| async move { Ok::<_, TaskError>(*number * 2) };
    let doubled = graph.map_with("map", numbers, other, double);
    let report = wait(executor.run(graph)).unwrap();
    assert_eq!(*report.output(doubled).unwrap(), [2, 4, 6]);
    drop(report);
    check_all_ended(&executor, 6);
}

#[test]
fn items_that_depend_on_what_nobody_knows_fail_the_map() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let numbers = graph.task("numbers", |_| async { Ok::<_, TaskError>(vec![1, 2, 3]) }).add();
    let unknown = noop().id;
    let same = |_, number: Item<i32>| async move { Ok::<_, TaskError>(*number) };
    let mapped = graph.map_with("map", numbers, |task| task.after(unknown), same);
    let report = wait(executor.run(graph)).unwrap();
    assert!(report.output(mapped).unwrap_err().is_failed());
    let failure = failure(&report);
    assert!(failure.contains(&unknown.to_string()), "{failure}");
    drop(report);
    check_all_ended(&executor, 3);
}
