//! What follows from a task that fails.

use crate::common::{Gate, Reports, executor, noop, quick, wait, waiting};
use graph_runtime::{EndState, ExecutableTask, FailurePolicy, Graph, TaskError, task_fn};

/// A task that fails once `gate` is open.
fn failing(gate: &Gate) -> ExecutableTask {
    let gate = gate.clone();
    ExecutableTask::new(task_fn(move |_| {
        let gate = gate.clone();
        async move {
            gate.wait().await;
            Err::<(), TaskError>("broken".into())
        }
    }))
}

#[test]
fn what_is_independent_goes_on() {
    let executor = executor(|_| ());
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    gate.open();
    let mut graph = Graph::new().failure_policy(FailurePolicy::ContinueIndependent);
    let fails = graph.push(failing(&gate));
    let skipped = graph.push(quick("skipped", &reports).after(fails));
    graph.push(quick("skipped too", &reports).after(skipped));
    graph.push(quick("independent", &reports));
    let report = wait(executor.run(graph)).unwrap();
    let ends: Vec<_> = report.tasks().map(|task| task.end).collect();
    use EndState::{Completed, Failed, Skipped};
    assert_eq!(ends, [Failed, Skipped, Skipped, Completed]);
    assert_eq!(report.tasks().nth(2).unwrap().cause, Some(skipped));
    assert_eq!(seen.all(), ["independent"]);
    assert!(!report.is_complete());
    assert_eq!((report.counts().completed, report.counts().skipped), (1, 2));
    let error = report.tasks().next().unwrap().error.unwrap();
    assert!(error.is_failed() && error.to_string().contains("in attempt 1: broken"), "{error}");
}

#[test]
fn fail_fast_stops_the_rest_of_the_graph_and_nothing_else() {
    let executor = executor(|config| config.max_in_flight = 3);
    let (reports, seen) = Reports::new();
    let (fail, never) = (Gate::default(), Gate::default());
    let bystander = executor.try_submit(waiting("bystander", &reports, &never)).unwrap();
    let mut graph = Graph::new().failure_policy(FailurePolicy::FailFast);
    let fails = graph.push(failing(&fail).priority(2));
    graph.push(waiting("running", &reports, &never).priority(1));
    graph.push(quick("ready", &reports));
    graph.push(quick("dependent", &reports).after(fails));
    let graph = executor.try_submit_graph(graph).unwrap();
    assert_eq!([seen.next(), seen.next()].iter().filter(|name| **name == "running").count(), 1);
    fail.open();
    let report = wait(graph);
    let ends: Vec<_> = report.tasks().map(|task| task.end).collect();
    use EndState::{Cancelled, Failed, Skipped};
    assert_eq!(ends, [Failed, Cancelled, Cancelled, Skipped]);
    assert!(!bystander.is_finished());
    never.open();
    wait(bystander).unwrap();
    assert_eq!(seen.all().len(), 0, "neither the ready one nor the dependent ran");
}

#[test]
fn a_task_that_comes_after_a_failure_is_skipped_at_once() {
    let executor = executor(|_| ());
    let gate = Gate::default();
    gate.open();
    let fails = executor.try_submit(failing(&gate)).unwrap();
    wait(executor.idle());
    let late = executor.try_submit(noop().after(fails.id())).unwrap();
    assert!(wait(late).unwrap_err().is_skipped());
    drop(fails);
    assert_eq!(executor.known_tasks(), 0);
}
