//! Whose turn it is, and who is woken.

use super::stays::{Stays, woken_from_elsewhere};
use crate::support::{Drops, each_runtime, multi, watched};
use graph_runtime::runtime::{Builder, Handle};
use graph_runtime::sync::{Notify, oneshot};
use graph_runtime::task::{self, spawn_pinned};
use graph_runtime::time;
use std::cell::Cell;
use std::collections::HashMap;
use std::future::pending;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

#[test]
fn a_sleeping_worker_is_woken_for_each_and_others_are_not() {
    watched(|| {
        let runtime = multi(4);
        let ran = Arc::new(Mutex::new(Vec::new()));
        for round in 0..300 {
            let worker = round % 4;
            let ran = Arc::clone(&ran);
            let pinned = runtime.handle().spawn_pinned(worker, move || async move {
                ran.lock().unwrap().push((worker, thread::current().id()));
            });
            // Outside: the workers have nothing else to do, and fall asleep in between.
            runtime.block_on(pinned.unwrap()).unwrap();
        }
        let ran = ran.lock().unwrap();
        let homes: HashMap<_, _> = ran.iter().copied().collect();
        assert!(ran.iter().all(|(worker, thread)| homes[worker] == *thread));
    });
}

#[test]
fn pinned_tasks_and_others_take_turns() {
    watched(|| {
        let runtime = multi(1);
        let steps = runtime.block_on(runtime.spawn(async {
            let counts = Arc::new([const { AtomicUsize::new(0) }; 2]);
            let stop = Arc::new(AtomicBool::new(false));
            let step = |of: usize| {
                let (counts, stop) = (Arc::clone(&counts), Arc::clone(&stop));
                move || async move {
                    while !stop.load(Ordering::Relaxed) {
                        counts[of].fetch_add(1, Ordering::Relaxed);
                        task::yield_now().await;
                    }
                }
            };
            for _ in 0..10 {
                drop(task::spawn(step(0)()));
            }
            let pinned = spawn_pinned(0, step(1)).unwrap();
            for _ in 0..200 {
                task::yield_now().await;
            }
            stop.store(true, Ordering::Relaxed);
            pinned.await.unwrap();
            [counts[0].load(Ordering::Relaxed), counts[1].load(Ordering::Relaxed)]
        }));
        let [ordinary, pinned] = steps.unwrap();
        // Ten of one kind against one of the other, and this one among the ten.
        assert!(pinned * 2 > ordinary && ordinary * 2 > pinned, "{ordinary} {pinned}");
    });
}

#[test]
fn blocking_in_place_does_not_take_a_worker_from_its_pinned_tasks() {
    watched(|| {
        let runtime = multi(1);
        let (drops, notify) = (Drops::default(), Arc::new(Notify::new()));
        let (counted, inside) = (drops.clone(), Arc::clone(&notify));
        let (started, is_started) = oneshot::channel();
        let pinned = runtime.handle().spawn_pinned(0, move || {
            let stays = Stays::new(counted);
            async move {
                started.send(()).unwrap();
                inside.notified().await;
                stays.check();
                task::block_in_place(|| stays.check());
                task::yield_now().await;
                stays.check();
            }
        });
        runtime.block_on(is_started).unwrap();
        let blocks = runtime.spawn(async {
            let here = thread::current().id();
            task::block_in_place(|| thread::sleep(Duration::from_millis(5)));
            task::yield_now().await;
            thread::current().id() == here
        });
        assert!(runtime.block_on(blocks).unwrap(), "the worker is where it was");
        notify.notify_one();
        runtime.block_on(pinned.unwrap()).unwrap();
        assert_eq!(drops.count(), 1);
    });
}

#[test]
fn a_busy_worker_looks_into_its_inbox() {
    watched(|| {
        let runtime = multi(1);
        let stop = Arc::new(AtomicBool::new(false));
        let busy = Arc::clone(&stop);
        let task = runtime.spawn(async move {
            while !busy.load(Ordering::Relaxed) {
                task::yield_now().await;
            }
        });
        let pinned = runtime.handle().spawn_pinned(0, || async {
            woken_from_elsewhere().await;
            3
        });
        assert_eq!(runtime.block_on(pinned.unwrap()).unwrap(), 3);
        stop.store(true, Ordering::Relaxed);
        runtime.block_on(task).unwrap();
    });
}

#[test]
fn busy_pinned_tasks_leave_timers_and_the_injector_their_turn() {
    each_runtime(|runtime| {
        let stop = Arc::new(AtomicBool::new(false));
        let busy = Arc::clone(&stop);
        let pinned = runtime.handle().spawn_pinned(0, move || async move {
            while !busy.load(Ordering::Relaxed) {
                task::yield_now().await;
            }
        });
        runtime.block_on(async {
            time::sleep(Duration::from_millis(2)).await;
            let (sender, receiver) = oneshot::channel();
            let handle = Handle::current();
            thread::spawn(move || handle.spawn(async move { sender.send(()).unwrap() }));
            receiver.await.unwrap();
            stop.store(true, Ordering::Relaxed);
            pinned.unwrap().await.unwrap();
        });
    });
}

#[test]
fn an_idle_runtime_with_pinned_tasks_sleeps() {
    watched(|| {
        let runtime = multi(2);
        let tasks: Vec<_> = (0..2)
            .map(|worker| runtime.handle().spawn_pinned(worker, pending::<()>).unwrap())
            .collect();
        let parks = || {
            let metrics = runtime.handle().metrics();
            (metrics.awake_workers, metrics.workers.iter().map(|it| it.parks).sum::<u64>())
        };
        // A worker that cannot sleep would never let this end.
        let mut before = parks();
        loop {
            thread::sleep(Duration::from_millis(20));
            let now = parks();
            if now.0 == 0 && now == before {
                break;
            }
            before = now;
        }
        assert!(tasks.iter().all(|task| !task.is_finished()));
    });
}

#[test]
fn a_paused_clock_waits_for_pinned_tasks() {
    watched(|| {
        let runtime = Builder::new_current_thread().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let start = time::Instant::now();
            let steps = Rc::new(Cell::new(0));
            let pinned = spawn_pinned(0, || async {
                let begin = time::Instant::now();
                for _ in 0..100 {
                    task::yield_now().await;
                }
                assert_eq!(begin.elapsed(), Duration::ZERO, "there was something to do");
                time::sleep(Duration::from_secs(1)).await;
            });
            pinned.unwrap().await.unwrap();
            steps.set(1);
            assert!(start.elapsed() >= Duration::from_secs(1));
        });
    });
}
