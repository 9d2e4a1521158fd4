//! The dump knows tasks of every kind: pinned ones, those of local sets, and blocking closures.

use crate::support::{current, multi, until, watched};
use graph_runtime::runtime::{Builder, Handle, Runtime, TaskDump, TaskKind, TaskState};
use graph_runtime::sync::Notify;
use graph_runtime::task::{self, LocalSet, spawn_local, yield_now};
use graph_runtime::time::Duration;
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

fn of_kind(handle: &Handle, kind: TaskKind) -> Vec<TaskDump> {
    handle.dump().tasks().iter().filter(|it| it.kind() == kind).cloned().collect()
}

/// The only task of this kind, once it is in this state.
fn until_it_is(handle: &Handle, kind: TaskKind, state: TaskState) -> TaskDump {
    let look = || of_kind(handle, kind).into_iter().find(|it| it.state() == state);
    until("it is so", || look().is_some());
    look().expect("it goes on being so")
}

/// Has a thread in `block_on` until the result is dropped.
fn driven(runtime: &Arc<Runtime>) -> impl Drop + use<> {
    struct Driving(Arc<Notify>, Option<thread::JoinHandle<()>>);
    impl Drop for Driving {
        fn drop(&mut self) {
            self.0.notify_one();
            self.1.take().unwrap().join().unwrap();
        }
    }
    let (stop, runtime) = (Arc::new(Notify::new()), Arc::clone(runtime));
    let stopped = Arc::clone(&stop);
    Driving(stop, Some(thread::spawn(move || runtime.block_on(stopped.notified()))))
}

#[test]
fn a_pinned_task_is_found() {
    for make in [current, || multi(2)] {
        watched(move || {
            let runtime = Arc::new(make());
            let handle = runtime.handle().clone();
            let _driving = driven(&runtime);
            let signal = Arc::new(Notify::new());
            let same = Arc::clone(&signal);
            let line = Location::caller().line() + 1;
            let pinned = handle.spawn_pinned(0, || async move { same.notified().await }).unwrap();
            let found = until_it_is(&handle, TaskKind::Pinned, TaskState::Waiting);
            assert_eq!((found.id(), found.name()), (Some(pinned.id()), None));
            assert_eq!((found.spawned_at().file(), found.spawned_at().line()), (file!(), line));
            assert!(found.waits_for().unwrap().starts_with("a signal"));
            assert!(found.since() < Duration::from_secs(3600), "since it was spawned, at most");
            assert!(found.to_string().ends_with("(pinned)"), "{found}");
            signal.notify_one();
            handle.block_on(pinned).unwrap();
            assert!(of_kind(&handle, TaskKind::Pinned).is_empty());
        });
    }
}

#[test]
fn a_pinned_task_is_found_while_its_worker_is_stuck() {
    watched(|| {
        let runtime = multi(1);
        let handle = runtime.handle();
        let (begun, wait) = mpsc::channel();
        let (release, stop) = mpsc::channel::<()>();
        let blocks = handle.spawn_pinned(0, move || async move {
            begun.send(()).unwrap();
            let _ = stop.recv();
        });
        wait.recv().unwrap();
        let waits = handle.spawn_pinned(0, || async {}).unwrap();
        let found = of_kind(handle, TaskKind::Pinned);
        let state_of = |id| found.iter().find(|it| it.id() == Some(id)).unwrap();
        let stuck = state_of(blocks.as_ref().unwrap().id());
        assert_eq!((stuck.state(), stuck.worker()), (TaskState::Running, Some(0)));
        assert_eq!(state_of(waits.id()).state(), TaskState::Queued);
        drop(release);
        runtime.block_on(waits).unwrap();
        runtime.block_on(blocks.unwrap()).unwrap();
    });
}

#[test]
fn a_task_of_a_local_set_is_found_from_another_thread() {
    for make in [current, || multi(1)] {
        watched(move || {
            let runtime = make();
            let handle = runtime.handle().clone();
            let signal = Arc::new(Notify::new());
            let same = Arc::clone(&signal);
            let owner = thread::spawn(move || {
                let set = LocalSet::new();
                let not_send = Rc::new(());
                let local = async move {
                    same.notified().await;
                    drop(not_send);
                };
                let local = task::Builder::new().name("local").spawn_local_on(local, &set).unwrap();
                set.block_on(&runtime, local).unwrap();
                runtime
            });
            let found = until_it_is(&handle, TaskKind::Local, TaskState::Waiting);
            assert_eq!((found.name(), found.spawned_at().file()), (Some("local"), file!()));
            assert!(found.waits_for().unwrap().starts_with("a signal"));
            let of_now = || of_kind(&handle, TaskKind::Local)[0].since();
            until("time passes for it", || of_now() >= Duration::from_millis(50));
            assert!(of_now() < Duration::from_secs(3600));
            signal.notify_one();
            let runtime = owner.join().unwrap();
            assert!(of_kind(runtime.handle(), TaskKind::Local).is_empty());
        });
    }
}

#[test]
fn a_local_task_that_blocks_its_thread_is_found() {
    watched(|| {
        let runtime = current();
        let handle = runtime.handle().clone();
        let (release, stop) = mpsc::channel::<()>();
        let owner = thread::spawn(move || {
            let set = LocalSet::new();
            set.block_on(&runtime, async move {
                let blocks = spawn_local(async move { stop.recv().is_err() });
                let waits = spawn_local(async {});
                assert!(blocks.await.unwrap());
                waits.await.unwrap();
            });
        });
        until_it_is(&handle, TaskKind::Local, TaskState::Running);
        until_it_is(&handle, TaskKind::Local, TaskState::Queued);
        drop(release);
        owner.join().unwrap();
        assert!(handle.dump().tasks().is_empty());
    });
}

#[test]
fn local_tasks_may_be_looked_at_while_they_come_and_go() {
    watched(|| {
        let runtime = Arc::new(multi(2));
        let (handle, is_over) = (runtime.handle().clone(), Arc::new(AtomicBool::new(false)));
        let looks = {
            let is_over = Arc::clone(&is_over);
            thread::spawn(move || {
                let mut looks = 0;
                while !is_over.load(Ordering::Relaxed) {
                    for task in of_kind(&handle, TaskKind::Local) {
                        assert!(task.name().is_none_or(|name| name == "short"));
                        assert_eq!(task.spawned_at().file(), file!());
                    }
                    looks += 1;
                }
                looks
            })
        };
        let owner = |_| {
            let runtime = Arc::clone(&runtime);
            thread::spawn(move || {
                for round in 0..100 {
                    let set = LocalSet::new();
                    set.block_on(&runtime, async {
                        let named = || task::Builder::new().name("short");
                        let short = |_| named().spawn_local(yield_now()).unwrap();
                        let tasks: Vec<_> = (0..20).map(short).collect();
                        let text = Rc::new(String::from("not Send"));
                        let kept = spawn_local(async move {
                            yield_now().await;
                            Rc::strong_count(&text)
                        });
                        if round % 2 == 0 {
                            // The set is dropped with all of them in it.
                            return;
                        }
                        for task in tasks {
                            task.await.unwrap();
                        }
                        assert_eq!(kept.await.unwrap(), 1);
                    });
                }
            })
        };
        let owners: Vec<_> = (0..3).map(owner).collect();
        owners.into_iter().for_each(|owner| owner.join().unwrap());
        is_over.store(true, Ordering::Relaxed);
        assert!(looks.join().unwrap() > 0);
        assert!(of_kind(runtime.handle(), TaskKind::Local).is_empty());
    });
}

#[test]
fn blocking_closures_are_found() {
    watched(|| {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).max_blocking_threads(1).build().unwrap();
        let handle = runtime.handle();
        let (release, stop) = mpsc::channel::<()>();
        let reads = task::Builder::new().name("reads");
        let line = Location::caller().line() + 1;
        let named = reads.spawn_blocking_on(move || stop.recv(), handle).unwrap();
        let running = until_it_is(handle, TaskKind::Blocking, TaskState::Running);
        let waits = handle.spawn_blocking(|| {});
        let found = of_kind(handle, TaskKind::Blocking);
        let queued = found.iter().find(|it| it.state() == TaskState::Queued).unwrap();
        assert_eq!((running.name(), running.id()), (Some("reads"), Some(named.id())));
        assert_eq!((running.spawned_at().file(), running.spawned_at().line()), (file!(), line));
        assert_eq!((queued.name(), queued.id()), (None, Some(waits.id())));
        assert_eq!((found.len(), queued.waits_for(), queued.worker()), (2, None, None));
        assert!(found.iter().all(|it| it.since() < Duration::from_secs(3600)), "{found:?}");
        until("time passes for both", || {
            let found = of_kind(handle, TaskKind::Blocking);
            found.iter().all(|it| it.since() >= Duration::from_millis(20))
        });
        drop(release);
        runtime.block_on(named).unwrap().unwrap_err();
        runtime.block_on(waits).unwrap();
        until("none is left", || of_kind(handle, TaskKind::Blocking).is_empty());
    });
}
