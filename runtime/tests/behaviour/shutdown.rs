//! Dropping a runtime, whatever it is doing and wherever the drop happens.

use crate::support::{Drops, assert_books, current, multi, until, watched};
use graph_runtime::runtime::{Handle, Runtime};
use graph_runtime::task::{self, JoinHandle};
use graph_runtime::time::{Duration, sleep};
use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};

const MAKERS: [fn() -> Runtime; 3] = [current, || multi(1), || multi(4)];

/// Spawns `count` tasks made by `body`, drops the runtime, and checks that none is left.
fn all_are_dropped<F>(body: fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    for make in MAKERS {
        watched(move || {
            let runtime = make();
            let drops = Drops::default();
            let tasks: Vec<_> = (0..200)
                .map(|_| {
                    let guard = drops.guard();
                    runtime.spawn(async move {
                        let _guard = guard;
                        body().await;
                    })
                })
                .collect();
            // Some get under way before the end comes.
            runtime.block_on(task::yield_now());
            let handle = runtime.handle().clone();
            drop(runtime);
            assert_eq!(drops.count(), 200, "a runtime drops every future");
            assert!(tasks.iter().all(JoinHandle::is_finished));
            assert_books(&handle);
            assert_eq!(handle.metrics().tasks.live, 0);
            assert_eq!(handle.metrics().pending_timers, 0);
        });
    }
}

#[test]
fn while_tasks_are_idle() {
    all_are_dropped(pending);
}

#[test]
fn while_tasks_are_running() {
    all_are_dropped(|| async {
        loop {
            task::yield_now().await;
        }
    });
}

#[test]
fn while_timers_are_pending() {
    all_are_dropped(|| sleep(Duration::from_secs(3600)));
}

#[test]
fn while_tasks_wait_for_each_other() {
    all_are_dropped(|| async {
        let inner = graph_runtime::spawn(pending::<()>());
        let _ = inner.await;
    });
}

#[test]
fn while_other_threads_wake_its_tasks() {
    for make in MAKERS {
        watched(move || {
            for _ in 0..50 {
                let runtime = make();
                let drops = Drops::default();
                let wakers: Arc<Mutex<Vec<Waker>>> = Arc::default();
                for _ in 0..8 {
                    let (guard, wakers) = (drops.guard(), Arc::clone(&wakers));
                    drop(runtime.spawn(poll_fn(move |context| {
                        let _ = &guard;
                        wakers.lock().unwrap().push(context.waker().clone());
                        Poll::<()>::Pending
                    })));
                }
                let over = AtomicBool::new(false);
                let handle = runtime.handle().clone();
                std::thread::scope(|scope| {
                    for _ in 0..2 {
                        scope.spawn(|| {
                            while !over.load(Ordering::SeqCst) {
                                let taken = std::mem::take(&mut *wakers.lock().unwrap());
                                for waker in &taken {
                                    waker.wake_by_ref();
                                }
                                wakers.lock().unwrap().extend(taken.into_iter().take(64));
                            }
                        });
                    }
                    runtime.block_on(task::yield_now());
                    drop(runtime);
                    over.store(true, Ordering::SeqCst);
                });
                // The thread that claimed a task for its queue entry drops the future, and that
                // may be one of those that woke it; both are gone by now.
                assert_eq!(drops.count(), 8);
                assert_books(&handle);
                assert_eq!(handle.metrics().tasks.live, 0);
                drop(wakers);
            }
        });
    }
}

#[test]
fn from_inside_one_of_its_own_tasks() {
    for workers in [1, 3] {
        watched(move || {
            for _ in 0..50 {
                let runtime = multi(workers);
                let handle = runtime.handle().clone();
                let drops = Drops::default();
                for _ in 0..20 {
                    let guard = drops.guard();
                    drop(handle.spawn(async move {
                        let _guard = guard;
                        pending::<()>().await;
                    }));
                }
                let (done, waiting) = mpsc::channel();
                let task = handle.spawn(async move {
                    runtime.shutdown_background();
                    done.send(()).unwrap();
                    pending::<()>().await;
                });
                waiting.recv().unwrap();
                // Nobody joins the workers any more, but they drop everything as they go.
                until("every future is dropped", || drops.count() == 20);
                until("the dropping task is dropped as well", || task.is_finished());
                until("the books are closed", || handle.metrics().tasks.live == 0);
                assert_books(&handle);
            }
        });
    }
}

#[test]
fn from_inside_a_future_that_is_being_cancelled() {
    watched(|| {
        let runtime = multi(2);
        let handle = runtime.handle().clone();
        let task = handle.spawn(async move {
            let _runtime = runtime;
            pending::<()>().await;
        });
        task.abort();
        until("the task is dropped, and the runtime with it", || task.is_finished());
        assert!(handle.spawn(async {}).is_finished(), "it refuses new tasks");
    });
}

#[test]
fn from_inside_a_blocking_closure() {
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
            let (other, waiting) = mpsc::channel();
            drop(handle.spawn_blocking(move || {
                waiting.recv().unwrap();
            }));
            let (done, closed) = mpsc::channel();
            drop(handle.spawn_blocking(move || {
                other.send(()).unwrap();
                drop(runtime);
                done.send(()).unwrap();
            }));
            closed.recv().unwrap();
            assert_eq!(drops.count(), 1);
            assert_books(&handle);
        });
    }
}

#[test]
fn inside_a_task_of_another_runtime() {
    for make_outer in MAKERS {
        for make_inner in MAKERS {
            watched(move || {
                let outer = make_outer();
                let drops = Drops::default();
                let guard = drops.guard();
                let task = outer.spawn(async move {
                    let inner = make_inner();
                    drop(inner.spawn(async move {
                        let _guard = guard;
                        pending::<()>().await;
                    }));
                    inner.shutdown_background();
                    // Still a worker of the outer runtime: what it spawns joins its own queue.
                    let injected = Handle::current().metrics().injected;
                    let child = graph_runtime::spawn(async { 3 });
                    assert_eq!(Handle::current().metrics().injected, injected);
                    child.await.unwrap()
                });
                assert_eq!(outer.block_on(task).unwrap(), 3);
                until("the inner task is dropped", || drops.count() == 1);
            });
        }
    }
}

/// Tells what the current runtime is when it is dropped.
struct AsksOnDrop(mpsc::Sender<bool>);

impl Drop for AsksOnDrop {
    fn drop(&mut self) {
        self.0.send(Handle::try_current().is_ok()).unwrap();
    }
}

#[test]
fn what_is_dropped_still_has_a_current_runtime() {
    for make in MAKERS {
        watched(move || {
            let (sender, receiver) = mpsc::channel();
            let runtime = make();
            let (task, closure) = (AsksOnDrop(sender.clone()), AsksOnDrop(sender));
            drop(runtime.spawn(async {
                let _task = task;
                pending::<()>().await;
            }));
            drop(runtime.spawn_blocking(|| drop(closure)));
            drop(runtime);
            assert_eq!(receiver.iter().collect::<Vec<_>>(), [true, true]);
        });
    }
}

#[test]
fn when_a_thread_that_keeps_it_in_a_thread_local_ends() {
    thread_local! {
        static KEPT: RefCell<Option<Runtime>> = const { RefCell::new(None) };
    }
    for make in MAKERS {
        let drops = Drops::default();
        let (guard, blocking) = (drops.guard(), drops.guard());
        // Not `watched`: the thread's end is what is tested here.
        let thread = std::thread::spawn(move || {
            // Registered before anything of the runtime's own, and so destroyed after it.
            KEPT.with_borrow_mut(|kept| *kept = None);
            let runtime = make();
            runtime.block_on(async {
                task::yield_now().await;
                task::spawn_blocking(move || drop(blocking)).await.unwrap();
            });
            drop(runtime.spawn(async move {
                let _guard = guard;
                pending::<()>().await;
            }));
            KEPT.set(Some(runtime));
        });
        thread.join().unwrap();
        assert_eq!(drops.count(), 2);
    }
}

#[test]
fn whoever_waits_outside_is_woken() {
    for make in [|| multi(1), || multi(3)] as [fn() -> Runtime; 2] {
        watched(move || {
            let runtime = make();
            let handle = runtime.handle().clone();
            let task = runtime.spawn(pending::<()>());
            let joiner = {
                let handle = handle.clone();
                std::thread::spawn(move || handle.block_on(task).unwrap_err().is_cancelled())
            };
            let sleeper = std::thread::spawn(move || {
                let sleeping = || handle.block_on(async { sleep(Duration::from_secs(3600)).await });
                let error = catch_unwind(AssertUnwindSafe(sleeping)).unwrap_err();
                error.downcast_ref::<&str>().is_some_and(|text| text.contains("shut down"))
            });
            until("the sleeper sleeps", || runtime.handle().metrics().pending_timers == 1);
            drop(runtime);
            assert!(joiner.join().unwrap());
            assert!(sleeper.join().unwrap());
        });
    }
}

#[test]
fn afterwards_spawning_gives_a_cancelled_task() {
    for make in MAKERS {
        watched(move || {
            let runtime = make();
            let handle = runtime.handle().clone();
            drop(runtime);
            let drops = Drops::default();
            let (guard, blocking) = (drops.guard(), drops.guard());
            let task = handle.spawn(async move { drop(guard) });
            let closure = handle.spawn_blocking(move || drop(blocking));
            assert_eq!(drops.count(), 2);
            assert!(handle.block_on(task).unwrap_err().is_cancelled());
            assert!(handle.block_on(closure).unwrap_err().is_cancelled());
            let tasks = handle.metrics().tasks;
            assert_eq!((tasks.spawned, tasks.cancelled), (1, 1));
        });
    }
}

#[test]
fn while_other_threads_spawn() {
    for make in MAKERS {
        watched(move || {
            for _ in 0..50 {
                let runtime = make();
                let handle = runtime.handle().clone();
                let drops = Drops::default();
                let spawned = std::thread::scope(|scope| {
                    let spawners: Vec<_> = (0..2)
                        .map(|_| {
                            scope.spawn(|| {
                                let mut count = 0;
                                // The first to find the runtime closed stops.
                                loop {
                                    let guard = drops.guard();
                                    let task = handle.spawn(async move {
                                        let _guard = guard;
                                        pending::<()>().await;
                                    });
                                    count += 1;
                                    if task.is_finished() {
                                        return count;
                                    }
                                }
                            })
                        })
                        .collect();
                    runtime.block_on(task::yield_now());
                    drop(runtime);
                    spawners.into_iter().map(|it| it.join().unwrap()).sum::<usize>()
                });
                assert_eq!(drops.count(), spawned);
                assert_books(&handle);
            }
        });
    }
}
