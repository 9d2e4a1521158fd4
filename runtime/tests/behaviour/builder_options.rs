//! What the builder's options do.

use crate::support::{assert_usable, current, multi, watched};
use graph_runtime::runtime::{Builder, Handle, Runtime, RuntimeFlavor, UnhandledPanic};
use graph_runtime::task::{self, spawn_blocking};
use graph_runtime::time::{Duration, sleep};
use graph_runtime::{TaskTally, spawn};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

#[test]
fn threads_are_named_by_the_function() {
    watched(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let given = Arc::clone(&count);
        let name = move || format!("name-{}", given.fetch_add(1, Ordering::SeqCst));
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).thread_name_fn(name).build().unwrap();
        let worker = runtime.spawn(async { thread::current().name().map(str::to_owned) });
        assert_eq!(runtime.block_on(worker).unwrap().unwrap(), "name-0");
        // The second one watches over the worker.
        let blocking = runtime.spawn_blocking(|| thread::current().name().map(str::to_owned));
        assert_eq!(runtime.block_on(blocking).unwrap().unwrap(), "name-2");
    });
}

#[test]
fn a_function_that_panics_instead_of_naming_a_thread_holds_nobody_up() {
    watched(|| {
        let fails = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&fails);
        let name = move || {
            assert!(!asked.load(Ordering::SeqCst), "no name");
            "named".to_owned()
        };
        let mut builder = Builder::new_current_thread();
        let runtime = builder.max_blocking_threads(1).thread_name_fn(name).build().unwrap();
        let refused = catch_unwind(AssertUnwindSafe(|| drop(runtime.spawn_blocking(|| ()))));
        assert!(refused.is_err());
        fails.store(false, Ordering::SeqCst);
        assert_eq!(runtime.block_on(runtime.spawn_blocking(|| 1)).unwrap(), 1);
        fails.store(true, Ordering::SeqCst);
        // Waits for every thread.
        drop(runtime);
    });
}

#[test]
fn every_thread_has_its_hooks() {
    watched(|| {
        for multi_thread in [true, false] {
            let log = Arc::new(Mutex::new(Vec::new()));
            let note = |what: &'static str| {
                let log = Arc::clone(&log);
                move || log.lock().unwrap().push((what, thread::current().id()))
            };
            let mut builder = Builder::new_current_thread();
            if multi_thread {
                builder = Builder::new_multi_thread();
            }
            let runtime = builder
                .worker_threads(2)
                .on_thread_start(note("start"))
                .on_thread_stop(note("stop"))
                .build()
                .unwrap();
            assert_usable(&runtime);
            drop(runtime);
            let log = log.lock().unwrap();
            let of = |what| log.iter().filter(move |(it, _)| *it == what).map(|(_, id)| *id);
            let started: Vec<_> = of("start").collect();
            assert_eq!(started.len(), if multi_thread { 3 } else { 1 });
            for id in started {
                let own: Vec<_> = log.iter().filter(|it| it.1 == id).map(|it| it.0).collect();
                assert_eq!(own, ["start", "stop"]);
            }
        }
    });
}

#[test]
fn workers_tell_when_they_sleep() {
    watched(|| {
        for mut builder in [Builder::new_multi_thread(), Builder::new_current_thread()] {
            let [parked, unparked] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
            let [p, u] = [&parked, &unparked].map(Arc::clone);
            let runtime = builder
                .worker_threads(1)
                .on_thread_park(move || _ = p.fetch_add(1, Ordering::SeqCst))
                .on_thread_unpark(move || _ = u.fetch_add(1, Ordering::SeqCst))
                .build()
                .unwrap();
            for _ in 0..3 {
                let nap = runtime.spawn(sleep_a_little());
                runtime.block_on(nap).unwrap();
            }
            drop(runtime);
            let parked = parked.load(Ordering::SeqCst);
            assert!(parked >= 3);
            assert_eq!(parked, unparked.load(Ordering::SeqCst));
        }
    });
}

async fn sleep_a_little() {
    sleep(Duration::from_millis(5)).await;
}

#[test]
fn what_the_park_hook_makes_ready_is_run() {
    watched(|| {
        let waiting: Arc<Mutex<Option<graph_runtime::sync::oneshot::Sender<u32>>>> = Arc::default();
        let hook = Arc::clone(&waiting);
        let runtime = Builder::new_current_thread()
            .on_thread_park(move || {
                if let Some(sender) = hook.lock().unwrap().take() {
                    sender.send(7).unwrap();
                }
            })
            .build()
            .unwrap();
        for _ in 0..10 {
            let (sender, receiver) = graph_runtime::sync::oneshot::channel();
            *waiting.lock().unwrap() = Some(sender);
            assert_eq!(runtime.block_on(runtime.spawn(receiver)).unwrap(), Ok(7));
        }
    });
}

#[test]
fn a_runtime_has_a_name_an_id_and_a_flavor() {
    let mut builder = Builder::new_current_thread();
    builder.name("main").enable_all().enable_io().enable_time();
    let [first, second] = [builder.build().unwrap(), builder.build().unwrap()];
    assert_eq!(first.handle().name(), Some("main"));
    assert_ne!(first.handle().id(), second.handle().id());
    assert_eq!(first.handle().runtime_flavor(), RuntimeFlavor::CurrentThread);
    let inside = second.block_on(async { Handle::current().id() });
    assert_eq!(inside, second.handle().id());
    let multi = multi(1);
    assert_eq!(multi.handle().name(), None);
    assert_eq!(multi.handle().runtime_flavor(), RuntimeFlavor::MultiThread);
    assert_eq!(multi.metrics().workers.len(), 1);
}

#[test]
fn without_the_slot_tasks_run_in_order() {
    watched(|| {
        let order = |runtime: Runtime| {
            let order = Arc::new(Mutex::new(Vec::new()));
            let inside = Arc::clone(&order);
            let spawner = runtime.spawn(async move {
                for n in 0..5 {
                    let order = Arc::clone(&inside);
                    drop(spawn(async move { order.lock().unwrap().push(n) }));
                }
                task::yield_now().await;
            });
            runtime.block_on(spawner).unwrap();
            drop(runtime);
            Arc::into_inner(order).unwrap().into_inner().unwrap()
        };
        let mut builder = Builder::new_multi_thread();
        let without = builder.worker_threads(1).disable_lifo_slot().build().unwrap();
        assert_eq!(order(without), [0, 1, 2, 3, 4]);
        assert_eq!(order(multi(1))[0], 4, "the newest one first");
    });
}

#[test]
fn few_io_events_at_a_time_are_enough() {
    watched(|| {
        let runtime = Builder::new_current_thread().max_io_events_per_tick(1).build().unwrap();
        assert_usable(&runtime);
        let error = Builder::new_current_thread().max_io_events_per_tick(0).build().unwrap_err();
        assert!(error.is_config());
    });
}

#[test]
fn workers_stay_on_their_processors() {
    watched(|| {
        // Whatever this process may use, its first processor is among it.
        let allowed = rustix::thread::sched_getaffinity(None).unwrap();
        let first = (0..).find(|&number| allowed.is_set(number)).unwrap();
        let bound = move || {
            let set = rustix::thread::sched_getaffinity(None).unwrap();
            (set.count(), set.is_set(first))
        };
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).worker_processors([vec![first]]).build().unwrap();
        assert_eq!(runtime.block_on(runtime.spawn(async move { bound() })).unwrap(), (1, true));
        // A thread that takes a worker over is bound as well, and free again afterwards.
        let after_blocking = runtime.spawn(async move {
            for _ in 0..3 {
                task::block_in_place(|| thread::sleep(Duration::from_millis(2)));
                task::yield_now().await;
            }
            bound()
        });
        assert_eq!(runtime.block_on(after_blocking).unwrap(), (1, true));
        let elsewhere = runtime.block_on(runtime.spawn_blocking(bound)).unwrap();
        assert_eq!(elsewhere.0, allowed.count());
    });
}

#[test]
fn processors_that_are_not_there_are_an_error() {
    watched(|| {
        let error = Builder::new_multi_thread()
            .worker_threads(2)
            .worker_processors([vec![0], vec![1023]])
            .build()
            .unwrap_err();
        assert!(error.is_system() && error.to_string().contains("processors"), "{error}");
        let mut builder = Builder::new_multi_thread();
        let error = builder.worker_threads(1).worker_processors([vec![]]).build().unwrap_err();
        assert!(error.is_config());
    });
}

#[test]
fn a_panic_may_end_a_current_thread_runtime() {
    watched(|| {
        let strict = || {
            let behavior = UnhandledPanic::ShutdownRuntime;
            Builder::new_current_thread().unhandled_panic(behavior).build().unwrap()
        };
        let runtime = strict();
        let handle = runtime.handle().clone();
        let fails = || {
            catch_unwind(AssertUnwindSafe(|| {
                runtime.block_on(async {
                    drop(spawn(pending::<()>()));
                    drop(spawn(async { panic!("a bug") }));
                    pending::<()>().await;
                });
            }))
            .unwrap_err()
        };
        let message = *fails().downcast::<&str>().unwrap();
        assert!(message.contains("a spawned task panicked"), "{message}");
        let TaskTally { live, panicked, cancelled, .. } = handle.metrics().tasks;
        assert_eq!((live, panicked, cancelled), (0, 1, 1));
        fails();
        assert!(handle.spawn(async {}).is_finished(), "it refuses tasks");
        // Panics of closures and of the root are their own affair.
        let runtime = strict();
        runtime.block_on(async {
            spawn_blocking(|| panic!("not a task")).await.unwrap_err();
        });
        assert_usable(&runtime);
    });
}

#[test]
fn a_panic_does_not_end_others() {
    let mut builder = Builder::new_multi_thread();
    builder.unhandled_panic(UnhandledPanic::Ignore);
    assert!(builder.worker_threads(1).build().is_ok());
    let error = builder.unhandled_panic(UnhandledPanic::ShutdownRuntime).build().unwrap_err();
    assert!(error.is_config());
    let runtime = current();
    runtime.block_on(async { spawn(async { panic!("ignored") }).await.unwrap_err() });
    assert_usable(&runtime);
}
