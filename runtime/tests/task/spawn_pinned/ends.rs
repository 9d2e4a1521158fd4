//! Aborts and shutdowns.

use super::stays::Stays;
use crate::support::{Drops, current, each_runtime, multi, watched};
use graph_runtime::sync::{Notify, oneshot};
use graph_runtime::task::spawn_pinned;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

#[test]
fn an_abort_drops_the_future_at_home_and_the_closure_uncalled() {
    each_runtime(|runtime| {
        let drops = Drops::default();
        let counted = drops.clone();
        let (started, is_started) = oneshot::channel();
        let waits = runtime.handle().spawn_pinned(0, move || {
            let stays = Stays::new(counted);
            async move {
                started.send(()).unwrap();
                pending::<()>().await;
                drop(stays);
            }
        });
        let waits = waits.unwrap();
        runtime.block_on(is_started).unwrap();
        waits.abort();
        assert!(runtime.block_on(waits).unwrap_err().is_cancelled());
        assert_eq!(drops.count(), 1);
        runtime
            .block_on(runtime.spawn(async move {
                let guard = drops.guard();
                // On the worker itself, which cannot have begun with it.
                let worker = 0;
                let unborn = spawn_pinned(worker, move || {
                    let _guard = guard;
                    pending::<()>()
                });
                let unborn = unborn.unwrap();
                unborn.abort();
                let ended = unborn.await;
                assert!(ended.is_err_and(|error| error.is_cancelled()));
                assert_eq!(drops.count(), 2);
            }))
            .unwrap();
    });
}

#[test]
fn a_shutdown_drops_them_on_their_own_threads() {
    watched(|| {
        for _ in 0..20 {
            let runtime = multi(3);
            let drops = Drops::default();
            let started = Arc::new(AtomicUsize::new(0));
            let mut tasks = Vec::new();
            for number in 0..30 {
                let (drops, started) = (drops.clone(), Arc::clone(&started));
                let pinned = runtime.handle().spawn_pinned(number % 3, move || {
                    let stays = Stays::new(drops);
                    async move {
                        started.fetch_add(1, Ordering::SeqCst);
                        pending::<()>().await;
                        drop(stays);
                    }
                });
                tasks.push(pinned.unwrap());
            }
            let handle = runtime.handle().clone();
            drop(runtime);
            assert_eq!(drops.count(), started.load(Ordering::SeqCst), "made, so dropped at home");
            assert_eq!(handle.metrics().tasks.live, 0);
            for task in tasks {
                assert!(task.is_finished());
                assert!(current().block_on(task).unwrap_err().is_cancelled());
            }
        }
    });
}

#[test]
fn after_the_shutdown_they_are_cancelled_at_once() {
    watched(|| {
        for make in [current, || multi(2)] {
            let runtime = make();
            let handle = runtime.handle().clone();
            drop(runtime);
            let drops = Drops::default();
            let guard = drops.guard();
            let late = handle.spawn_pinned(0, move || async move { drop(guard) }).unwrap();
            assert!(late.is_finished());
            assert_eq!(drops.count(), 1);
            assert!(current().block_on(late).unwrap_err().is_cancelled());
        }
    });
}

#[test]
fn spawns_wakes_and_aborts_race_with_the_shutdown() {
    watched(|| {
        for _ in 0..50 {
            let runtime = multi(3);
            let handle = runtime.handle().clone();
            let (made, drops) = (Drops::default(), Drops::default());
            let notify = Arc::new(Notify::new());
            let stop = Arc::new(AtomicBool::new(false));
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        let mut tasks = Vec::new();
                        for number in 0.. {
                            let (made, drops) = (made.clone(), drops.clone());
                            let notified = Arc::clone(&notify).notified_owned();
                            let pinned = handle.spawn_pinned(number % 3, move || {
                                drop(made.guard());
                                let stays = Stays::new(drops);
                                async move {
                                    notified.await;
                                    stays.check();
                                }
                            });
                            tasks.push(pinned.unwrap());
                            if number % 5 == 0 {
                                tasks[number / 2].abort();
                            }
                            notify.notify_waiters();
                            if stop.load(Ordering::SeqCst) {
                                break;
                            }
                        }
                    });
                }
                thread::sleep(Duration::from_millis(2));
                drop(runtime);
                stop.store(true, Ordering::SeqCst);
            });
            assert_eq!(drops.count(), made.count(), "each that was made is dropped at home");
            assert_eq!(handle.metrics().tasks.live, 0);
        }
    });
}
