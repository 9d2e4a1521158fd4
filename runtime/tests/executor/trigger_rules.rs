//! Tasks that start although, or because, others have not completed.

use crate::common::{executor, wait};
use graph_runtime::{
    EndState, ExecutableTask, ExecutorError, FailurePolicy, Graph, GraphReport, TaskContext,
    TaskError, TaskId, TriggerRule, task_fn,
};
use std::error::Error;
use std::future::pending;

fn succeeds() -> ExecutableTask {
    ExecutableTask::new(task_fn(|_| async { Ok::<_, TaskError>(7_u32) })).named("succeeds")
}

fn fails() -> ExecutableTask {
    let task = task_fn(|_| async { Err::<u32, TaskError>("broken".into()) });
    ExecutableTask::new(task).named("fails")
}

fn stuck() -> ExecutableTask {
    ExecutableTask::new(task_fn(|_| pending::<Result<u32, TaskError>>()))
}

/// A task that returns how its dependencies ended.
fn looks() -> ExecutableTask {
    let task = task_fn(|context: TaskContext| async move {
        let ids = context.dependencies().iter();
        ids.map(|&id| context.outcome(id)).collect::<Result<Vec<_>, _>>()
    });
    ExecutableTask::new(task).named("looks")
}

fn seen(report: &GraphReport, id: TaskId) -> Vec<Option<EndState>> {
    report.output::<Vec<Option<EndState>>>(id).unwrap().to_vec()
}

#[test]
fn what_tidies_up_sees_how_everything_ended() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let (good, bad) = (graph.push(succeeds()), graph.push(fails()));
    let skipped = graph.push(succeeds().after(bad));
    let tidy = looks().after_all([good, bad, skipped]).trigger(TriggerRule::AllDone);
    let tidy = graph.push(tidy);
    let report = wait(executor.run(graph)).unwrap();
    let ends = [EndState::Completed, EndState::Failed, EndState::Skipped].map(Some);
    assert_eq!(seen(&report, tidy), ends);
}

#[test]
fn the_first_that_succeeds_is_enough() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let (good, never) = (graph.push(succeeds()), graph.push(stuck()));
    let any = graph.push(looks().after_all([good, never]).trigger(TriggerRule::AnySucceeded));
    let asks = task_fn(move |context: TaskContext| async move {
        assert_eq!(*context.output::<u32>(good)?, 7);
        context.output::<u32>(never).map(drop)
    });
    let asks = ExecutableTask::new(asks).after_all([good, never]);
    let asks = graph.push(asks.trigger(TriggerRule::AnySucceeded));
    let handle = executor.try_submit_graph(graph).unwrap();
    let watcher = executor.try_submit(succeeds().after(any)).unwrap();
    wait(watcher).unwrap();
    let report = wait(handle.cancel_and_join());
    assert_eq!(seen(&report, any), [Some(EndState::Completed), None]);
    let error = report.tasks().find(|task| task.id == asks).unwrap().error;
    if let Some(ExecutorError::Failed { source, .. }) = error {
        let message = source.to_string();
        assert!(message.contains("which has not ended; by the rule `AllSucceeded`"), "{message}");
    }
}

#[test]
fn what_handles_failures_runs_in_a_fail_fast_graph_and_only_then() {
    for first in [fails(), succeeds()] {
        let has_failed = first.name.as_deref() == Some("fails");
        let executor = executor(|_| ());
        let mut graph = Graph::new().failure_policy(FailurePolicy::FailFast);
        let first = graph.push(first);
        let second = graph.push(if has_failed { stuck() } else { succeeds() });
        let alarm = graph.push(looks().after_all([first, second]).trigger(TriggerRule::AnyFailed));
        let tidy = graph.push(looks().after_all([first, second]).trigger(TriggerRule::AllDone));
        let report = wait(executor.run(graph)).unwrap();
        let of_alarm = report.tasks().find(|task| task.id == alarm).unwrap();
        if has_failed {
            assert_eq!(of_alarm.end, EndState::Completed);
            assert_eq!(seen(&report, tidy), [Some(EndState::Failed), Some(EndState::Cancelled)]);
        } else {
            assert_eq!(of_alarm.end, EndState::Skipped);
            let error = of_alarm.error.unwrap();
            assert!(error.to_string().ends_with("completed"), "{error}");
            assert!(error.source().is_none());
            assert_eq!(seen(&report, tidy), [Some(EndState::Completed); 2]);
        }
    }
}

#[test]
fn a_skipped_task_s_error_leads_to_where_it_began() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let root = graph.push(fails());
    let mut last = root;
    for _ in 0..50 {
        last = graph.push(succeeds().after(last));
    }
    let report = wait(executor.run(graph)).unwrap();
    let error = report.output::<u32>(last).unwrap_err();
    assert!(matches!(&error, ExecutorError::Skipped { cause, .. } if *cause != root));
    assert_eq!(error.root_cause().task(), Some(root));
    let text = error.to_string();
    assert!(text.ends_with("(fails) failed in attempt 1: broken"), "{text}");
    assert_eq!(text.lines().count(), 1);
    let source = error.source().expect("the root").downcast_ref::<ExecutorError>().unwrap();
    assert_eq!(source.task(), Some(root));
    assert_eq!(source.source().expect("what it returned").to_string(), "broken");
}

#[test]
fn the_cause_is_known_though_nobody_holds_on_to_it() {
    let executor = executor(|_| ());
    let gate = crate::common::Gate::default();
    let (waits, name) = (gate.clone(), "root");
    let root = task_fn(move |_| {
        let waits = waits.clone();
        async move {
            waits.wait().await;
            Err::<u32, TaskError>("broken".into())
        }
    });
    let root = executor.try_submit(ExecutableTask::new(root).named(name)).unwrap();
    let late = executor.try_submit(succeeds().after(root.id())).unwrap();
    let id = root.id();
    drop(root);
    gate.open();
    let error = wait(late).unwrap_err();
    assert_eq!(error.root_cause().task(), Some(id));
    assert!(error.to_string().contains("(root) failed in attempt 1: broken"), "{error}");
    assert_eq!(executor.known_tasks(), 0);
}
