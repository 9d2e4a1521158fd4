//! Blocking within a task: who goes on with the rest, and where it is refused.

use crate::support::{Drops, assert_books, assert_usable, current, multi, until, watched};
use graph_runtime::runtime::{Builder, Handle, Runtime};
use graph_runtime::sync::{mpsc as channel, oneshot};
use graph_runtime::task::{JoinSet, LocalSet, block_in_place, coop, spawn_blocking, yield_now};
use graph_runtime::time::{sleep, timeout};
use graph_runtime::{pin, spawn, task};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::task::Poll;
use std::thread;
use std::time::Duration;

/// Checks `behaviour` on one worker and on several, and the books afterwards.
pub(crate) fn each(behaviour: fn(&Runtime)) {
    for workers in [1, 2, 4] {
        watched(move || {
            let runtime = multi(workers);
            behaviour(&runtime);
            assert_usable(&runtime);
            let handle = runtime.handle().clone();
            drop(runtime);
            assert_books(&handle);
            assert_eq!(handle.metrics().tasks.live, 0);
        });
    }
}

#[test]
fn another_thread_goes_on_with_tasks_and_timers() {
    each(|runtime| {
        let (open, opened) = mpsc::channel();
        let blocked = runtime.spawn(async move {
            // Both are this very worker's: the newest task is in its slot, the timer in its wheel.
            let timer = spawn(sleep(Duration::from_millis(1)));
            yield_now().await;
            drop(spawn(async move {
                timer.await.unwrap();
                open.send(()).unwrap();
            }));
            block_in_place(|| opened.recv().unwrap());
            3
        });
        assert_eq!(runtime.block_on(blocked).unwrap(), 3);
    });
}

#[test]
fn any_number_of_tasks_may_block_at_once() {
    each(|runtime| {
        const BLOCKED: usize = 12;
        let barrier = Arc::new(Barrier::new(BLOCKED + 1));
        let tasks: Vec<_> = (0..BLOCKED)
            .map(|n| {
                let barrier = Arc::clone(&barrier);
                runtime.spawn(async move {
                    block_in_place(|| barrier.wait());
                    // With or without a worker of its own, it is a task like any other.
                    yield_now().await;
                    spawn(async move { n }).await.unwrap()
                })
            })
            .collect();
        barrier.wait();
        let sum = runtime.block_on(async {
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            sum
        });
        assert_eq!(sum, (0..BLOCKED).sum::<usize>());
    });
}

#[test]
fn over_and_over_without_losing_a_wake() {
    each(|runtime| {
        let done = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&done);
        runtime.block_on(async move {
            let mut set = JoinSet::new();
            for n in 0..200u64 {
                let done = Arc::clone(&counted);
                set.spawn(async move {
                    for round in 0..5 {
                        block_in_place(|| {
                            if (n + round) % 7 == 0 {
                                thread::sleep(Duration::from_micros(200));
                            }
                        });
                        if (n + round) % 3 == 0 {
                            sleep(Duration::from_micros(50)).await;
                        } else {
                            yield_now().await;
                        }
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                });
            }
            while set.join_next().await.is_some() {}
        });
        assert_eq!(done.load(Ordering::Relaxed), 200);
    });
}

#[test]
fn it_may_block_on_the_runtime_it_is_in() {
    each(|runtime| {
        let task = runtime.spawn(async {
            block_in_place(|| {
                Handle::current().block_on(async {
                    sleep(Duration::from_millis(1)).await;
                    spawn(async { 5 }).await.unwrap()
                })
            })
        });
        assert_eq!(runtime.block_on(task).unwrap(), 5);
        let root = runtime.block_on(async {
            block_in_place(|| {
                Handle::current().block_on(async { spawn(async { 6 }).await.unwrap() })
            })
        });
        assert_eq!(root, 6);
    });
}

#[test]
fn blocking_calls_of_channels_work_in_it() {
    each(|runtime| {
        let (sender, mut receiver) = channel::channel(1);
        let task = runtime.spawn(async move {
            block_in_place(|| {
                let sum: u32 = std::iter::from_fn(|| receiver.blocking_recv()).sum();
                sum
            })
        });
        let sent = runtime.spawn(async move {
            for n in 1..=10 {
                sender.send(n).await.unwrap();
            }
        });
        runtime.block_on(sent).unwrap();
        assert_eq!(runtime.block_on(task).unwrap(), 55);
    });
}

#[test]
fn afterwards_the_thread_must_not_block_again() {
    each(|runtime| {
        let task = runtime.spawn(async {
            block_in_place(|| ());
            let blocked = catch_unwind(|| Handle::current().block_on(async {}));
            assert!(blocked.is_err(), "it drives tasks again");
            // The worker is given away by now, or comes back each time.
            for _ in 0..3 {
                block_in_place(|| thread::sleep(Duration::from_millis(2)));
            }
            let blocked = catch_unwind(|| Handle::current().block_on(async {}));
            assert!(blocked.is_err(), "also if the worker is another thread's");
        });
        runtime.block_on(task).unwrap();
    });
}

#[test]
fn a_panic_in_it_is_the_tasks() {
    each(|runtime| {
        for pause in [Duration::ZERO, Duration::from_millis(5)] {
            let task = runtime.spawn(async move {
                block_in_place(|| {
                    thread::sleep(pause);
                    panic!("in place");
                })
            });
            let error: task::JoinError = runtime.block_on(task).unwrap_err();
            assert_eq!(*error.into_panic().downcast::<&str>().unwrap(), "in place");
        }
    });
}

#[test]
fn outside_of_tasks_it_is_a_call() {
    assert_eq!(block_in_place(|| 1), 1);
    watched(|| {
        for runtime in [current(), multi(2)] {
            let _entered = runtime.enter();
            assert_eq!(block_in_place(|| 2), 2);
            let in_closure = runtime.spawn_blocking(|| block_in_place(|| 3));
            assert_eq!(runtime.block_on(in_closure).unwrap(), 3);
        }
    });
}

#[test]
fn a_single_thread_refuses() {
    watched(|| {
        let runtime = current();
        let refused = |panic: Box<dyn std::any::Any + Send>| {
            let message = *panic.downcast::<&str>().unwrap();
            assert!(
                message.contains("only when running on the multi-threaded runtime"),
                "{message}"
            );
        };
        let root = catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(async { block_in_place(|| ()) });
        }));
        refused(root.unwrap_err());
        let task = runtime.spawn(async { block_in_place(|| ()) });
        refused(runtime.block_on(task).unwrap_err().into_panic());
        let handle = catch_unwind(AssertUnwindSafe(|| {
            runtime.handle().block_on(async { block_in_place(|| ()) });
        }));
        refused(handle.unwrap_err());
        // In a set, on whichever runtime.
        let runtime = multi(1);
        let set = LocalSet::new();
        let task = set.spawn_local(async { block_in_place(|| ()) });
        refused(set.block_on(&runtime, task).unwrap_err().into_panic());
    });
}

#[test]
fn without_a_thread_to_be_had_the_closure_runs_all_the_same() {
    watched(|| {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).max_blocking_threads(1).build().unwrap();
        let (release, released) = mpsc::channel::<()>();
        let occupies = runtime.spawn_blocking(move || released.recv());
        let tasks: Vec<_> = (0..100)
            .map(|n| {
                runtime.spawn(async move {
                    let n = block_in_place(|| n);
                    yield_now().await;
                    n
                })
            })
            .collect();
        let sum = runtime.block_on(async {
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            sum
        });
        assert_eq!(sum, (0..100).sum::<i32>());
        drop(release);
        assert!(runtime.block_on(occupies).unwrap().is_err());
    });
}

#[test]
fn a_task_has_its_budget_afterwards() {
    each(|runtime| {
        let task = runtime.spawn(async {
            block_in_place(|| assert!(coop::has_budget_remaining()));
            let (sender, mut receiver) = channel::channel(1024);
            for _ in 0..1024 {
                sender.try_send(()).unwrap();
            }
            // A task that never yields would take all messages in one poll.
            let mut polls = 0;
            poll_fn(|context| {
                polls += 1;
                loop {
                    pin! {
                        let receive = receiver.recv();
                    }
                    if receive.poll(context).is_pending() {
                        return if polls == 3 { Poll::Ready(()) } else { Poll::Pending };
                    }
                }
            })
            .await;
        });
        let done = async { timeout(Duration::from_secs(60), task).await };
        runtime.block_on(done).unwrap().unwrap();
    });
}

#[test]
fn a_shutdown_waits_for_it() {
    each(|_| {
        for workers in [1, 3] {
            let runtime = multi(workers);
            let handle = runtime.handle().clone();
            let drops = Drops::default();
            let (release, released) = mpsc::channel::<()>();
            let (started, has_started) = mpsc::channel();
            let guard = drops.guard();
            let blocked = runtime.spawn(async move {
                let _guard = guard;
                block_in_place(|| {
                    started.send(()).unwrap();
                    let _ = released.recv();
                });
                pending::<()>().await;
            });
            has_started.recv().unwrap();
            // Whoever is the worker now has tasks of its own.
            let guard = drops.guard();
            let (other, is_spawned) = mpsc::channel();
            drop(runtime.spawn(async move {
                let _guard = guard;
                other.send(()).unwrap();
                pending::<()>().await;
            }));
            is_spawned.recv().unwrap();
            let dropping = thread::spawn(move || drop(runtime));
            until("the others are dropped", || drops.count() == 1);
            assert!(!blocked.is_finished());
            drop(release);
            dropping.join().unwrap();
            assert!(blocked.is_finished());
            assert_eq!(drops.count(), 2);
            assert_books(&handle);
            assert_eq!(handle.metrics().tasks.live, 0);
        }
    });
}

#[test]
fn it_may_drop_its_own_runtime() {
    for workers in [1, 3] {
        watched(move || {
            let runtime = multi(workers);
            let handle = runtime.handle().clone();
            let (done, is_done) = oneshot::channel();
            let (go, may_go) = oneshot::channel();
            drop(handle.spawn(async move {
                let runtime: Runtime = may_go.await.unwrap();
                block_in_place(|| drop(runtime));
                done.send(()).unwrap();
            }));
            go.send(runtime).map_err(drop).unwrap();
            is_done.blocking_recv().unwrap();
            until("all tasks end", || handle.metrics().tasks.live == 0);
            assert_books(&handle);
        });
    }
}

#[test]
fn idle_threads_are_used_again() {
    watched(|| {
        let names = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&names);
        let mut builder = Builder::new_multi_thread();
        let runtime = builder
            .worker_threads(1)
            .on_thread_start(move || _ = counted.fetch_add(1, Ordering::SeqCst))
            .build()
            .unwrap();
        runtime.block_on(async {
            for _ in 0..50 {
                let task = spawn(async {
                    block_in_place(|| thread::sleep(Duration::from_millis(1)));
                });
                task.await.unwrap();
                spawn_blocking(|| ()).await.unwrap();
            }
        });
        let started = names.load(Ordering::SeqCst);
        assert!(started <= 8, "{started} threads for one that blocks at a time");
    });
}
