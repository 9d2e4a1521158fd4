//! What runs, waits or is stuck is known by the names that the user gave.

use crate::common::{Gate, PATIENCE, Reports, executor, noop, quick, until, wait, waiting};
use graph_runtime::runtime::{Builder, Dump, Runtime, StallReport, TaskDump, TaskKind, TaskState};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, Graph, TaskError, TaskId, task_fn,
};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A task that blocks its thread until the test lets go of the sender.
fn blocks() -> (ExecutableTask, Sender<()>, Receiver<()>) {
    let (release, released) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let released = Arc::new(Mutex::new(released));
    let task = task_fn(move |_| {
        let (released, tell) = (Arc::clone(&released), tell.clone());
        async move {
            // A test may know it by the report.
            let _ = tell.send(());
            let _ = released.lock().unwrap().recv();
            Ok::<_, TaskError>(())
        }
    });
    (ExecutableTask::new(task), release, told)
}

fn reporting() -> (Runtime, Receiver<StallReport>) {
    let (tell, told) = mpsc::channel();
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).on_stall(move |report| _ = tell.send(report.clone()));
    (builder.build().unwrap(), told)
}

fn on(runtime: &Runtime) -> AsyncTaskExecutor {
    AsyncTaskExecutor::on(runtime.handle().clone(), ExecutorConfig::default()).unwrap()
}

fn of(dump: &Dump, id: TaskId) -> &TaskDump {
    let mut found = dump.tasks().iter().filter(|task| task.executor_task() == Some(id));
    let first = found.next().unwrap_or_else(|| panic!("{id} is not in\n{dump}"));
    assert!(found.next().is_none(), "{id} is twice in\n{dump}");
    first
}

#[test]
fn a_stall_report_names_the_task_of_the_executor() {
    let (runtime, told) = reporting();
    let executor = on(&runtime);
    let (task, release, _) = blocks();
    let mut graph = Graph::new();
    // Others have been at that desk before.
    let first = graph.push(noop().named("first"));
    let culprit = graph.push(task.named("culprit").after(first));
    let line = line!() + 1;
    let handle = executor.try_submit_graph(graph).unwrap();
    let report = told.recv_timeout(PATIENCE).unwrap();
    assert_eq!(report.executor_task, Some(culprit));
    assert_eq!(report.name.as_deref(), Some("culprit"));
    let site = report.spawned_at.unwrap();
    assert_eq!((site.file(), site.line()), (file!(), line));
    let start = format!("task {culprit} of an executor (culprit), submitted at {site}, has held");
    assert!(report.to_string().starts_with(&start), "{report}");
    drop(release);
    assert!(wait(handle).is_complete());
}

#[test]
fn a_stall_report_names_a_task_without_a_name_by_its_id() {
    let (runtime, told) = reporting();
    let executor = on(&runtime);
    let (task, release, _) = blocks();
    let line = line!() + 1;
    let handle = runtime.block_on(executor.submit(task)).unwrap();
    let report = told.recv_timeout(PATIENCE).unwrap();
    assert_eq!((report.executor_task, &report.name), (Some(handle.id()), &None));
    assert_eq!(report.spawned_at.unwrap().line(), line);
    let start = format!("task {} of an executor, submitted at ", handle.id());
    assert!(report.to_string().starts_with(&start), "{report}");
    drop(release);
    wait(handle).unwrap();
}

#[test]
fn a_stall_report_of_a_stand_in_names_the_task_too() {
    let (runtime, told) = reporting();
    let executor = on(&runtime);
    let (first, release_first, begun) = blocks();
    let first = executor.try_submit(first.named("on the worker")).unwrap();
    begun.recv_timeout(PATIENCE).unwrap();
    let (second, release_second, _) = blocks();
    let second = executor.try_submit(second.named("on the stand-in")).unwrap();
    let (mut own, mut spare) = (None, None);
    while own.is_none() || spare.is_none() {
        let report = told.recv_timeout(PATIENCE).unwrap();
        let place = if report.by_spare { &mut spare } else { &mut own };
        *place = Some((report.executor_task, report.name));
    }
    assert_eq!(own.unwrap(), (Some(first.id()), Some("on the worker".to_owned())));
    assert_eq!(spare.unwrap(), (Some(second.id()), Some("on the stand-in".to_owned())));
    drop((release_first, release_second));
    wait(first).unwrap();
    wait(second).unwrap();
}

#[test]
fn a_dump_tells_what_runs_what_waits_and_what_has_not_begun() {
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let (task, release, begun) = blocks();
    let runs = graph.push(task.named("runs"));
    let waits = graph.push(waiting("waits", &reports, &gate));
    let before = graph.push(noop().named("before").after(waits));
    let nameless = graph.push(noop().after(runs));
    let line = line!() + 1;
    let handle = executor.try_submit_graph(graph).unwrap();
    begun.recv_timeout(PATIENCE).unwrap();
    assert_eq!(seen.next(), "waits");
    let dump = || executor.handle().dump();
    until(|| of(&dump(), waits).state() == TaskState::Waiting);

    let dump = dump();
    let expected = [
        (runs, TaskKind::Attempt, TaskState::Running, Some("runs"), None),
        (waits, TaskKind::Attempt, TaskState::Waiting, Some("waits"), None),
        (before, TaskKind::NotBegun, TaskState::Waiting, Some("before"), Some((waits, " (waits)"))),
        (nameless, TaskKind::NotBegun, TaskState::Waiting, None, Some((runs, " (runs)"))),
    ];
    for (id, kind, state, name, why) in expected {
        let task = of(&dump, id);
        assert_eq!((task.kind(), task.state(), task.name()), (kind, state, name), "{task}");
        let why = why.map(|(other, name)| format!("waits for task {other}{name}"));
        assert_eq!(task.why(), why.as_deref());
        let site = task.spawned_at();
        assert_eq!((site.file(), site.line()), (file!(), line));
        assert_eq!(task.id().is_some(), kind == TaskKind::Attempt);
    }
    assert_eq!(dump.not_listed(), 0);
    drop(release);
    gate.open();
    assert!(wait(handle).is_complete());
    wait(executor.idle());
    let left = executor.handle().dump();
    assert!(left.tasks().iter().all(|task| task.executor_task().is_none()), "{left}");
}

#[test]
fn what_is_left_to_the_workers_is_queued() {
    let (reports, seen) = Reports::new();
    let runtime = Builder::new_current_thread().build().unwrap();
    let executor = on(&runtime);
    let handles: Vec<_> =
        (0..3).map(|_| executor.try_submit(quick("task", &reports)).unwrap()).collect();
    let dump = runtime.handle().dump();
    let last = of(&dump, handles[2].id());
    assert_eq!((last.kind(), last.state()), (TaskKind::NotBegun, TaskState::Queued), "{dump}");
    runtime.block_on(executor.idle());
    assert_eq!(seen.all().len(), 3);
}

#[test]
fn the_executor_s_own_tasks_have_names() {
    // Nothing runs: what has been spawned is there.
    let runtime = Builder::new_current_thread().build().unwrap();
    let executor = on(&runtime);
    let hour = Duration::from_secs(3_600);
    let handles: Vec<_> =
        (0..3).map(|_| executor.try_submit(noop().total_timeout(hour)).unwrap()).collect();
    let dump = runtime.handle().dump();
    let spawned = dump.tasks().iter().filter(|task| task.kind() == TaskKind::Spawned);
    // The third is what would run the attempts.
    let mut names: Vec<_> = spawned.map(|task| task.name().unwrap_or_default()).collect();
    names.sort_unstable();
    assert_eq!(names, ["", "executor's alarm", "executor's watch"], "{dump}");
    runtime.block_on(executor.idle());
    drop(handles);
}

#[test]
fn a_dump_lists_a_thousand_and_counts_the_others() {
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let root = graph.push(waiting("root", &reports, &gate));
    for _ in 0..1_500 {
        graph.push(noop().after(root));
    }
    let handle = executor.try_submit_graph(graph).unwrap();
    assert_eq!(seen.next(), "root");
    let dump = executor.handle().dump();
    let listed = dump.tasks().iter().filter(|task| task.kind() == TaskKind::NotBegun);
    assert_eq!((listed.count(), dump.not_listed()), (1_000, 500));
    assert!(dump.to_string().ends_with("and 500 more that have not begun\n"), "{dump}");
    gate.open();
    assert!(wait(handle).is_complete());
}
