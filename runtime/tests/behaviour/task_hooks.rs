//! Closures that are told of tasks.

use crate::support::{assert_usable, multi};
use graph_runtime::runtime::{Builder, Runtime, TaskMeta};
use graph_runtime::task::{self, Id, yield_now};
use std::collections::HashMap;
use std::panic::Location;
use std::sync::{Arc, Mutex};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Spawn,
    Before,
    After,
    Terminate,
}

type Calls = Arc<Mutex<HashMap<Id, Vec<Call>>>>;

fn noting(calls: &Calls, call: Call) -> impl Fn(&TaskMeta<'_>) + Send + Sync + 'static {
    let calls = Arc::clone(calls);
    move |task| {
        // The hooks of polls are called for the running task, but outside of it.
        assert_eq!(task::try_id().filter(|id| *id == task.id()), None);
        calls.lock().unwrap().entry(task.id()).or_default().push(call);
    }
}

/// A runtime that notes what its hooks are told.
fn noted(mut builder: Builder) -> (Runtime, Calls) {
    let calls = Calls::default();
    let runtime = builder
        .on_task_spawn(noting(&calls, Call::Spawn))
        .on_before_task_poll(noting(&calls, Call::Before))
        .on_after_task_poll(noting(&calls, Call::After))
        .on_task_terminate(noting(&calls, Call::Terminate))
        .build()
        .unwrap();
    (runtime, calls)
}

fn builders() -> [Builder; 3] {
    let mut multi = Builder::new_multi_thread();
    let mut one = Builder::new_multi_thread();
    [Builder::new_current_thread(), one.worker_threads(1).clone(), multi.worker_threads(2).clone()]
}

#[test]
fn a_task_is_told_of_from_its_spawn_to_its_end() {
    use Call::{After, Before, Spawn, Terminate};
    for builder in builders() {
        let (runtime, calls) = noted(builder);
        let yielding = runtime.spawn(async {
            yield_now().await;
        });
        let yielding_id = yielding.id();
        let panicking = runtime.spawn(async { panic!("told of as well") });
        let panicking_id = panicking.id();
        let waiting = runtime.spawn(std::future::pending::<()>());
        let waiting_id = waiting.id();
        let inner_id = runtime.block_on(async {
            yielding.await.unwrap();
            panicking.await.unwrap_err();
            let outer = graph_runtime::spawn(async {
                let inner = graph_runtime::spawn(async {});
                let id = inner.id();
                inner.await.unwrap();
                id
            });
            outer.await.unwrap()
        });
        drop(runtime);
        let calls = calls.lock().unwrap();
        assert_eq!(calls[&yielding_id], [Spawn, Before, After, Before, Terminate, After]);
        assert_eq!(calls[&panicking_id], [Spawn, Before, Terminate, After]);
        assert_eq!(calls[&inner_id], [Spawn, Before, Terminate, After]);
        assert_eq!(calls[&waiting_id].first(), Some(&Spawn));
        assert_eq!(calls[&waiting_id].last(), Some(&Terminate), "cancelled with the runtime");
    }
}

#[test]
fn a_task_aborted_before_its_first_poll_is_told_of() {
    let (runtime, calls) = noted(Builder::new_current_thread());
    let aborted = runtime.spawn(async {});
    let id = aborted.id();
    aborted.abort();
    runtime.block_on(aborted).unwrap_err();
    drop(runtime);
    let calls = &calls.lock().unwrap()[&id];
    assert_eq!((calls.first(), calls.contains(&Call::Terminate)), (Some(&Call::Spawn), true));
}

#[test]
fn hooks_know_name_and_place() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1);
    let note = |seen: &Arc<Mutex<Vec<_>>>| {
        let seen = Arc::clone(seen);
        move |task: &TaskMeta<'_>| {
            let name = task.name().map(str::to_owned);
            seen.lock().unwrap().push((name, task.spawned_at().line()));
        }
    };
    builder.on_task_spawn(note(&seen)).on_before_task_poll(note(&seen));
    builder.on_after_task_poll(note(&seen)).on_task_terminate(note(&seen));
    let runtime = builder.build().unwrap();
    let line = Location::caller().line() + 1;
    let named = task::Builder::new().name("named").spawn_on(async {}, runtime.handle()).unwrap();
    runtime.block_on(named).unwrap();
    drop(runtime);
    assert_eq!(*seen.lock().unwrap(), vec![(Some("named".to_owned()), line); 4]);
}

#[test]
fn without_hooks_nothing_changes() {
    assert_usable(&multi(2));
}
