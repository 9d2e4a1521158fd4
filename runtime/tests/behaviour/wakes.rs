//! No wake-up is lost: many rounds across threads, and nothing in the runtime that would hide one.

use crate::support::{Gate, each_runtime, hook, multi, watched};
use graph_runtime::{spawn, task};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};

#[test]
fn between_a_task_and_a_thread() {
    each_runtime(|runtime| {
        let rounds = 5_000;
        let gate = Gate::default();
        let (sender, receiver) = mpsc::channel();
        let inside = gate.clone();
        let task = runtime.spawn(async move {
            for _ in 0..rounds {
                inside.pass().await;
                sender.send(()).unwrap();
            }
        });
        let thread = std::thread::spawn(move || {
            for _ in 0..rounds {
                gate.open();
                receiver.recv().unwrap();
            }
        });
        runtime.block_on(task).unwrap();
        thread.join().unwrap();
    });
}

#[test]
fn between_a_root_and_a_thread() {
    each_runtime(|runtime| {
        let rounds = 3_000;
        let gate = Gate::default();
        let (sender, receiver) = mpsc::channel();
        let inside = gate.clone();
        let thread = std::thread::spawn(move || {
            for _ in 0..rounds {
                gate.open();
                receiver.recv().unwrap();
            }
        });
        runtime.block_on(async {
            for _ in 0..rounds {
                inside.pass().await;
                sender.send(()).unwrap();
            }
        });
        thread.join().unwrap();
    });
}

#[test]
fn between_tasks_on_different_workers() {
    each_runtime(|runtime| {
        let rounds = 3_000;
        let pairs: Vec<_> = (0..3)
            .flat_map(|_| {
                let gates = [Gate::default(), Gate::default()];
                [0, 1].map(|me| {
                    let [mine, others] = [gates[me].clone(), gates[1 - me].clone()];
                    runtime.spawn(async move {
                        for _ in 0..rounds {
                            if me == 0 {
                                others.open();
                                mine.pass().await;
                            } else {
                                mine.pass().await;
                                others.open();
                            }
                        }
                    })
                })
            })
            .collect();
        runtime.block_on(async {
            for half in pairs {
                half.await.unwrap();
            }
        });
    });
}

#[test]
fn of_one_task_by_many_threads() {
    each_runtime(|runtime| {
        let (per_thread, threads) = (2_000, 4);
        let wanted = per_thread * threads;
        let count = Arc::new(AtomicUsize::new(0));
        let stored: Arc<Mutex<Option<Waker>>> = Arc::default();
        let task = {
            let (count, stored) = (Arc::clone(&count), Arc::clone(&stored));
            runtime.spawn(poll_fn(move |context| {
                *stored.lock().unwrap() = Some(context.waker().clone());
                let done = count.load(Ordering::SeqCst) == wanted;
                if done { Poll::Ready(()) } else { Poll::Pending }
            }))
        };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..per_thread {
                        count.fetch_add(1, Ordering::SeqCst);
                        let waker = stored.lock().unwrap().clone();
                        if let Some(waker) = waker {
                            waker.wake();
                        }
                    }
                });
            }
            runtime.block_on(task).unwrap();
        });
    });
}

#[test]
fn of_a_sleeping_runtime_by_a_spawn() {
    each_runtime(|runtime| {
        for round in 0..3_000 {
            let task = runtime.spawn(async move { round });
            assert_eq!(runtime.block_on(task).unwrap(), round);
        }
    });
}

#[test]
fn of_a_joiner_by_its_task() {
    watched(|| {
        let runtime = multi(2);
        let chain = runtime.spawn(async {
            for round in 0..3_000 {
                let task = spawn(async move {
                    if round % 3 == 0 {
                        task::yield_now().await;
                    }
                    round
                });
                assert_eq!(task.await.unwrap(), round);
            }
        });
        runtime.block_on(chain).unwrap();
    });
}

/// A yield that is polled with somebody else's waker wakes that one: what stands between, a set of
/// futures say, has to know.
#[test]
fn a_yield_wakes_the_waker_that_it_is_given() {
    each_runtime(|runtime| {
        let woken = Arc::new(AtomicUsize::new(0));
        let inside = Arc::clone(&woken);
        let task = runtime.spawn(async move {
            let counted = hook(
                move || {
                    inside.fetch_add(1, Ordering::SeqCst);
                },
                || {},
            );
            let mut yielding = pin!(task::yield_now());
            let mut context = Context::from_waker(&counted);
            assert!(yielding.as_mut().poll(&mut context).is_pending());
            assert!(yielding.as_mut().poll(&mut context).is_ready());
        });
        runtime.block_on(task).unwrap();
        assert_eq!(woken.load(Ordering::SeqCst), 1);
    });
}
