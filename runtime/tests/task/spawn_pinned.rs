//! Tasks that stay on one worker.

use crate::support::{Drops, current, each_runtime, multi, watched};
use graph_runtime::runtime::{Builder, Handle};
use graph_runtime::sync::{Notify, oneshot};
use graph_runtime::task::{self, spawn_pinned};
use graph_runtime::time;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::pending;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Must be dropped where it was made.
struct Stays {
    home: ThreadId,
    drops: Drops,
    not_send: PhantomData<*const ()>,
}

impl Stays {
    fn new(drops: Drops) -> Self {
        Self { home: thread::current().id(), drops, not_send: PhantomData }
    }

    fn check(&self) {
        assert_eq!(thread::current().id(), self.home);
    }
}

impl Drop for Stays {
    fn drop(&mut self) {
        if thread::current().id() == self.home {
            drop(self.drops.guard());
        }
    }
}

/// Until it has been woken from elsewhere.
async fn woken_from_elsewhere() {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || sender.send(()).unwrap());
    receiver.await.unwrap();
}

#[test]
fn it_is_polled_by_its_worker_whoever_wakes_it() {
    watched(|| {
        let runtime = multi(3);
        let drops = Drops::default();
        let mut homes = HashMap::new();
        let tasks: Vec<_> = (0..30)
            .map(|number| {
                let drops = drops.clone();
                let pinned = runtime.handle().spawn_pinned(number % 3, move || {
                    let stays = Rc::new(Stays::new(drops));
                    async move {
                        for _ in 0..5 {
                            task::yield_now().await;
                            stays.check();
                            woken_from_elsewhere().await;
                            stays.check();
                            time::sleep(Duration::from_micros(50)).await;
                            stays.check();
                            task::spawn(async {}).await.unwrap();
                            stays.check();
                        }
                        thread::current().id()
                    }
                });
                (number % 3, pinned.unwrap())
            })
            .collect();
        for (worker, task) in tasks {
            let home = runtime.block_on(task).unwrap();
            assert_eq!(*homes.entry(worker).or_insert(home), home);
        }
        let mut threads: Vec<_> = homes.into_values().collect();
        threads.dedup();
        assert_eq!(threads.len(), 3, "each worker has a thread of its own");
        assert_eq!(drops.count(), 30);
    });
}

#[test]
fn tasks_of_one_worker_share_what_is_not_send() {
    thread_local! {
        static LOG: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    }
    each_runtime(|runtime| {
        runtime.block_on(async {
            let log = |number| {
                let pinned = spawn_pinned(0, move || async move {
                    LOG.with_borrow_mut(|log| log.push(number));
                    LOG.with_borrow(Vec::len)
                });
                pinned.unwrap()
            };
            assert_eq!(log(1).await.unwrap(), 1);
            assert_eq!(log(2).await.unwrap(), 2);
            spawn_pinned(0, || async { LOG.take() }).unwrap().await.unwrap();
        });
    });
}

#[test]
fn a_worker_that_does_not_exist_gives_the_closure_back() {
    each_runtime(|runtime| {
        let workers = runtime.handle().metrics().workers.len();
        let refused = runtime.handle().spawn_pinned(workers, || async { 5 }).unwrap_err();
        assert_eq!((refused.worker, refused.workers), (workers, workers));
        let text =
            format!("there is no worker {workers}: the runtime has {workers}, counted from 0");
        assert_eq!(refused.to_string(), text);
        let task = runtime.handle().spawn_pinned(workers - 1, refused.create).unwrap();
        assert_eq!(runtime.block_on(task).unwrap(), 5);
    });
}

#[test]
fn panics_of_the_closure_and_of_the_future_are_its_output() {
    each_runtime(|runtime| {
        let closure = runtime
            .handle()
            .spawn_pinned(0, || -> std::future::Ready<()> { panic!("in the closure") });
        let future = runtime.handle().spawn_pinned(0, || async {
            task::yield_now().await;
            panic!("in the future")
        });
        let error = runtime.block_on(closure.unwrap()).unwrap_err();
        assert!(error.to_string().contains("in the closure"));
        let error = runtime.block_on(future.unwrap()).unwrap_err();
        assert!(error.to_string().contains("in the future"));
        let tasks = runtime.handle().metrics().tasks;
        assert_eq!((tasks.panicked, tasks.live), (2, 0));
    });
}

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
