//! Shutting down without waiting for everything: with a limit, in the background, and where nobody
//! may wait at all.

use crate::support::{Drops, assert_books, current, each_runtime, multi, until, watched};
use graph_runtime::runtime::{LocalRuntime, Runtime};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const MAKERS: [fn() -> Runtime; 3] = [current, || multi(1), || multi(3)];
const LONG: Duration = Duration::from_secs(600);

/// A runtime with a closure that blocks until the sender is dropped, and a task that waits.
fn busy(make: fn() -> Runtime) -> (Runtime, mpsc::Sender<()>, Drops) {
    let runtime = make();
    let drops = Drops::default();
    let (release, released) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let guard = drops.guard();
    drop(runtime.spawn_blocking(move || {
        let _guard = guard;
        started.send(()).unwrap();
        let _ = released.recv();
    }));
    has_started.recv().unwrap();
    let guard = drops.guard();
    drop(runtime.spawn(async move {
        let _guard = guard;
        pending::<()>().await;
    }));
    (runtime, release, drops)
}

#[test]
fn a_limit_that_is_not_needed_changes_nothing() {
    for make in MAKERS {
        watched(move || {
            let runtime = make();
            let handle = runtime.handle().clone();
            let drops = Drops::default();
            let guard = drops.guard();
            drop(runtime.spawn(async move {
                let _guard = guard;
                pending::<()>().await;
            }));
            let slow = runtime.spawn_blocking(|| {
                std::thread::sleep(Duration::from_millis(20));
                5
            });
            let (started, has_started) = mpsc::channel();
            runtime.spawn_blocking(move || started.send(()).unwrap());
            has_started.recv().unwrap();
            let began = Instant::now();
            runtime.shutdown_timeout(LONG);
            assert!(began.elapsed() < LONG / 2);
            assert!(slow.is_finished(), "what had started was waited for");
            assert_eq!(drops.count(), 1);
            assert_eq!(handle.metrics().tasks.live, 0);
            assert_books(&handle);
        });
    }
}

#[test]
fn what_takes_longer_than_the_limit_ends_by_itself() {
    for make in MAKERS {
        watched(move || {
            let (runtime, release, drops) = busy(make);
            let handle = runtime.handle().clone();
            let began = Instant::now();
            runtime.shutdown_timeout(Duration::from_millis(20));
            assert!(began.elapsed() >= Duration::from_millis(20));
            until("the task is dropped", || handle.metrics().tasks.live == 0);
            assert_eq!(drops.count(), 1, "the closure is still blocked");
            drop(release);
            until("the closure ends", || drops.count() == 2);
            assert_books(&handle);
        });
    }
}

#[test]
fn a_poll_that_does_not_return_is_left_alone() {
    watched(|| {
        let runtime = multi(2);
        let handle = runtime.handle().clone();
        let (release, released) = mpsc::channel::<()>();
        let (started, has_started) = mpsc::channel();
        let stuck = runtime.spawn(async move {
            started.send(()).unwrap();
            let _ = released.recv();
        });
        has_started.recv().unwrap();
        runtime.shutdown_timeout(Duration::from_millis(20));
        assert!(!stuck.is_finished());
        drop(release);
        until("the task ends", || stuck.is_finished());
        until("the books are closed", || handle.metrics().tasks.live == 0);
        assert_books(&handle);
    });
}

#[test]
fn in_the_background_nothing_is_waited_for() {
    for make in MAKERS {
        watched(move || {
            let (runtime, release, drops) = busy(make);
            let handle = runtime.handle().clone();
            runtime.shutdown_background();
            assert!(handle.spawn(async {}).is_finished(), "it refuses new tasks");
            assert!(handle.spawn_blocking(|| ()).is_finished(), "and new closures");
            drop(release);
            until("both are gone", || drops.count() == 2);
        });
    }
}

#[test]
fn tasks_may_shut_runtimes_down_in_the_background() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            for make in MAKERS {
                make().shutdown_background();
                make().shutdown_timeout(Duration::ZERO);
                let task = graph_runtime::spawn(async move {
                    make().shutdown_background();
                });
                task.await.unwrap();
            }
        });
    });
}

#[test]
fn tasks_must_not_drop_runtimes() {
    each_runtime(|runtime| {
        for make in MAKERS {
            let (inner, release, drops) = busy(make);
            let handle = inner.handle().clone();
            let panic = catch_unwind(AssertUnwindSafe(|| runtime.block_on(async { drop(inner) })));
            let message = *panic.unwrap_err().downcast::<&'static str>().unwrap();
            assert!(message.contains("Cannot drop a runtime"), "{message}");
            assert!(message.contains("shutdown_background"), "{message}");
            // It has been shut down all the same.
            assert!(handle.spawn(async {}).is_finished());
            drop(release);
            until("all is gone", || drops.count() == 2);
        }
        let limited = runtime.spawn(async { current().shutdown_timeout(LONG) });
        assert!(runtime.block_on(limited).unwrap_err().is_panic());
    });
}

#[test]
fn a_task_that_panics_may_drop_a_runtime_on_its_way() {
    each_runtime(|runtime| {
        let task = runtime.spawn(async {
            let _inner = multi(1);
            panic!("on purpose");
        });
        let error = runtime.block_on(task).unwrap_err();
        assert_eq!(*error.into_panic().downcast::<&str>().unwrap(), "on purpose");
    });
}

#[test]
fn blocking_closures_may_drop_runtimes() {
    each_runtime(|runtime| {
        let dropped = runtime.spawn_blocking(|| MAKERS.map(|make| drop(make())));
        assert!(runtime.block_on(dropped).is_ok());
    });
}

#[test]
fn a_local_runtime_has_the_same_ways_out() {
    watched(|| {
        for limit in [None, Some(Duration::ZERO), Some(LONG)] {
            let runtime = LocalRuntime::new().unwrap();
            let drops = Drops::default();
            let guard = drops.guard();
            drop(runtime.spawn_local(async move {
                let _guard = guard;
                pending::<()>().await;
            }));
            match limit {
                None => runtime.shutdown_background(),
                Some(limit) => runtime.shutdown_timeout(limit),
            }
            assert_eq!(drops.count(), 1);
        }
    });
}
