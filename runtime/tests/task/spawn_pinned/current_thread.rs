//! On a runtime with one thread.

use super::stays::Stays;
use crate::support::{Drops, current, watched};
use graph_runtime::sync::Notify;
use graph_runtime::task;
use graph_runtime::time;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

#[test]
fn on_a_current_thread_runtime_they_belong_to_the_first_thread() {
    watched(|| {
        let runtime = Arc::new(current());
        let (drops, notify) = (Drops::default(), Arc::new(Notify::new()));
        let (counted, inside) = (drops.clone(), Arc::clone(&notify));
        let polls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&polls);
        let pinned = runtime.handle().spawn_pinned(0, move || {
            let stays = Stays::new(counted);
            async move {
                counter.fetch_add(1, Ordering::SeqCst);
                inside.notified().await;
                stays.check();
            }
        });
        let pinned = pinned.unwrap();
        runtime.block_on(async {
            while polls.load(Ordering::SeqCst) == 0 {
                task::yield_now().await;
            }
        });
        let elsewhere = Arc::clone(&runtime);
        let other = thread::spawn(move || {
            elsewhere.block_on(async {
                notify.notify_one();
                // Long enough to sleep in between.
                time::sleep(Duration::from_millis(2)).await;
            });
            Arc::clone(&elsewhere)
        });
        drop(other.join().unwrap());
        assert!(!pinned.is_finished(), "it waits for its own thread");
        runtime.block_on(pinned).unwrap();
        assert_eq!(drops.count(), 1);
        let next = Arc::clone(&runtime);
        let task = runtime.handle().spawn_pinned(0, || async { thread::current().id() }).unwrap();
        let ran_on = thread::spawn(move || (next.block_on(task).unwrap(), thread::current().id()));
        let (ran_on, thread) = ran_on.join().unwrap();
        assert_eq!(ran_on, thread, "none was left, so that any thread would do");
    });
}

#[test]
fn a_current_thread_runtime_that_is_dropped_elsewhere_leaks_them() {
    watched(|| {
        let runtime = current();
        let (drops, started) = (Drops::default(), mpsc::channel());
        let counted = drops.clone();
        let pinned = runtime.handle().spawn_pinned(0, move || {
            let stays = Stays::new(counted);
            async move {
                started.0.send(()).unwrap();
                pending::<()>().await;
                drop(stays);
            }
        });
        runtime.block_on(async {
            while started.1.try_recv().is_err() {
                task::yield_now().await;
            }
        });
        thread::spawn(move || drop(runtime)).join().unwrap();
        assert_eq!(drops.count(), 0);
        assert!(current().block_on(pinned.unwrap()).unwrap_err().is_cancelled());
    });
}
