//! What waits can be found, by name, place, state and time, whoever is stuck.

use crate::support::{current, each_runtime, multi, until, watched};
use graph_runtime::runtime::{Dump, Handle, TaskDump, TaskState};
use graph_runtime::sync::{Mutex, Notify, Semaphore, mpsc, oneshot};
use graph_runtime::task::{Builder, yield_now};
use graph_runtime::time::{Duration, sleep};
use graph_runtime::{spawn, task};
use std::future::pending;
use std::panic::Location;
use std::sync::Arc;
use std::sync::mpsc as threads;
use std::thread;

fn named<'a>(dump: &'a Dump, name: &str) -> Option<&'a TaskDump> {
    dump.tasks().iter().find(|task| task.name() == Some(name))
}

/// Looks until the task of this name waits.
fn until_it_waits(handle: &Handle, name: &str) -> TaskDump {
    let look =
        || named(&handle.dump(), name).filter(|it| it.state() == TaskState::Waiting).cloned();
    until("it waits", || look().is_some());
    look().expect("it goes on waiting")
}

#[test]
fn a_task_that_locks_what_it_has_locked_is_found() {
    watched(|| {
        let runtime = multi(2);
        let mutex = Arc::new(Mutex::new(()));
        let agent = async move {
            let _held = mutex.lock().await;
            let _again = mutex.lock().await;
        };
        let line = Location::caller().line() + 1;
        let agent = Builder::new().name("agent").spawn_on(agent, runtime.handle()).unwrap();
        let stuck = until_it_waits(runtime.handle(), "agent");
        assert_eq!(stuck.id(), Some(agent.id()));
        assert_eq!((stuck.spawned_at().file(), stuck.spawned_at().line()), (file!(), line));
        assert_eq!(stuck.waits_for(), Some("a Mutex"));
        assert_eq!((stuck.worker(), stuck.root_of()), (None, None));
        let handle = runtime.handle().clone();
        until("time passes for it", || {
            named(&handle.dump(), "agent").unwrap().since() >= Duration::from_millis(50)
        });
        let text = handle.dump().to_string();
        let row = text.lines().find(|row| row.contains("agent")).unwrap();
        for part in ["waiting", "a Mutex", file!(), &format!(":{line}:")] {
            assert!(row.contains(part), "{text}");
        }
        agent.abort();
    });
}

#[test]
fn a_task_that_stays_on_its_worker_is_found() {
    watched(|| {
        let runtime = multi(2);
        let lock = || async {
            let mutex = Mutex::new(());
            let _held = mutex.lock().await;
            let _again = mutex.lock().await;
        };
        let agent = Builder::new().name("agent").spawn_pinned_on(1, lock, runtime.handle());
        let (agent, handle) = (agent.unwrap(), runtime.handle().clone());
        let stuck = until_it_waits(&handle, "agent");
        assert_eq!((stuck.id(), stuck.waits_for()), (Some(agent.id()), Some("a Mutex")));
        agent.abort();
        until("it is gone", || named(&handle.dump(), "agent").is_none());
    });
}

#[test]
fn the_future_of_block_on_is_found() {
    for make in [current, || multi(1)] {
        watched(move || {
            let runtime = make();
            let (handle, line) = (runtime.handle().clone(), Location::caller().line() + 6);
            let (release, gate) = oneshot::channel::<()>();
            let name = "who blocks";
            let blocked = thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || {
                    runtime.block_on(async { gate.await.unwrap() });
                })
                .unwrap();
            let root = || {
                let dump = handle.dump();
                dump.tasks().iter().find(|it| it.root_of() == Some(name)).cloned()
            };
            until("it waits", || root().is_some_and(|it| it.state() == TaskState::Waiting));
            let found = root().unwrap();
            assert_eq!((found.spawned_at().line(), found.id()), (line, None));
            assert_eq!(found.waits_for(), Some("a oneshot"));
            release.send(()).unwrap();
            blocked.join().unwrap();
            assert!(root().is_none(), "it has returned");
        });
    }
}

#[test]
fn it_works_while_every_worker_is_stuck() {
    watched(|| {
        let runtime = multi(2);
        let (begun, wait) = threads::channel();
        let releases: Vec<_> = (0..2)
            .map(|_| {
                let begun = begun.clone();
                let (release, stop) = threads::channel::<()>();
                let blocks = async move {
                    begun.send(()).unwrap();
                    let _ = stop.recv();
                };
                Builder::new().name("blocks").spawn_on(blocks, runtime.handle()).unwrap();
                wait.recv().unwrap();
                release
            })
            .collect();
        Builder::new().name("late").spawn_on(async {}, runtime.handle()).unwrap();
        let dump = runtime.handle().dump();
        let blocked: Vec<_> =
            dump.tasks().iter().filter(|it| it.name() == Some("blocks")).collect();
        assert!(blocked.iter().all(|it| it.state() == TaskState::Running));
        let mut workers: Vec<_> = blocked.iter().map(|it| it.worker()).collect();
        workers.sort_unstable();
        assert_eq!(workers, [Some(0), Some(1)]);
        assert_eq!(named(&dump, "late").unwrap().state(), TaskState::Queued);
        drop(releases);
    });
}

#[test]
fn each_resource_is_named() {
    each_runtime(|runtime| {
        let handle = runtime.handle();
        let _entered = runtime.enter();
        let on = |name: &str, future: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| {
            Builder::new().name(name).spawn_on(future, handle).unwrap().abort_handle()
        };
        let signal = Arc::new(Notify::new());
        let same = Arc::clone(&signal);
        let (sender, mut receiver) = mpsc::channel::<()>(1);
        let tasks = [
            on("signal", Box::pin(async move { same.notified().await })),
            on("permit", Box::pin(async { drop(Semaphore::new(0).acquire().await) })),
            on("message", Box::pin(async move { assert!(receiver.recv().await.is_none()) })),
            on("timer", Box::pin(sleep(Duration::from_secs(3600)))),
            on("task", Box::pin(async { drop(spawn(pending::<()>()).await) })),
            on("foreign", Box::pin(pending())),
        ];
        let expected = [
            ("signal", Some("a signal")),
            ("permit", Some("permits")),
            ("message", Some("a message (mpsc)")),
            ("timer", Some("a timer")),
            ("task", Some("a task to end")),
            ("foreign", None),
        ];
        // A current-thread runtime runs tasks only meanwhile.
        runtime.block_on(async {
            let are_waiting = || {
                let dump = handle.dump();
                let waits = |name| named(&dump, name).unwrap().state() == TaskState::Waiting;
                expected.iter().all(|(name, _)| waits(name))
            };
            while !are_waiting() {
                yield_now().await;
            }
        });
        let dump = handle.dump();
        for (name, what) in expected {
            let waits_for = named(&dump, name).unwrap().waits_for();
            assert!(
                waits_for.map(|it| it.starts_with(what.unwrap_or("?"))) == what.map(|_| true),
                "{name}: {waits_for:?}"
            );
        }
        tasks.iter().for_each(task::AbortHandle::abort);
        drop(sender);
        signal.notify_waiters();
    });
}

#[test]
fn a_task_may_look_at_itself_and_what_it_sees_is_all_there_is() {
    each_runtime(|runtime| {
        let looks = runtime.spawn(async {
            let handle = Handle::current();
            let waiting: Vec<_> = (0..1000).map(|_| spawn(pending::<()>())).collect();
            let (own, dump) = (task::id(), handle.dump());
            let me = dump.tasks().iter().find(|it| it.id() == Some(own)).unwrap();
            assert_eq!(me.state(), TaskState::Running);
            assert!(me.worker().is_some());
            for task in &waiting {
                assert!(dump.tasks().iter().any(|it| it.id() == Some(task.id())));
                task.abort();
            }
            for task in waiting {
                task.await.unwrap_err();
            }
            handle.dump().tasks().iter().filter(|it| it.root_of().is_none()).count()
        });
        assert_eq!(runtime.block_on(looks).unwrap(), 1, "itself");
    });
}

#[test]
fn it_may_be_asked_while_tasks_come_and_go_and_after_the_end() {
    watched(|| {
        let runtime = multi(2);
        let handle = runtime.handle().clone();
        let (stop, stopped) = threads::channel::<()>();
        let looks = {
            let handle = handle.clone();
            thread::spawn(move || {
                let mut looks = 0;
                while stopped.try_recv() == Err(threads::TryRecvError::Empty) {
                    for task in handle.dump().tasks() {
                        assert!(task.name().is_none_or(|name| name == "short"));
                        assert_eq!(task.spawned_at().file(), file!());
                    }
                    looks += 1;
                }
                looks
            })
        };
        let spawner = |_: usize| {
            runtime.spawn(async {
                for _ in 0..200 {
                    let short = |_| Builder::new().name("short").spawn(yield_now()).unwrap();
                    let tasks: Vec<_> = (0..20).map(short).collect();
                    let large = [0_u8; 1000];
                    spawn(async move {
                        yield_now().await;
                        std::hint::black_box(&large);
                    });
                    for task in tasks {
                        task.await.unwrap();
                    }
                }
            })
        };
        let spawners: Vec<_> = (0..3).map(spawner).collect();
        for spawner in spawners {
            runtime.block_on(spawner).unwrap();
        }
        drop(stop);
        assert!(looks.join().unwrap() > 0);
        drop(runtime);
        assert!(handle.dump().tasks().is_empty());
    });
}
