//! Nobody starves: how many polls of others may come in between, counted.

use crate::support::{current, each_single_runtime, multi, watched};
use graph_runtime::runtime::{Builder, Handle, Runtime};
use graph_runtime::seam::{Clock, Seams};
use graph_runtime::task;
use graph_runtime::time::{Duration, sleep};
use graph_runtime::{Timestamp, spawn};
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};

/// The defaults of the builder.
const GLOBAL_QUEUE_INTERVAL: usize = 31;
const EVENT_INTERVAL: usize = 61;

#[test]
fn a_task_that_wakes_itself_goes_behind_all_others() {
    each_single_runtime(|runtime| {
        let trace = Arc::new(Mutex::new(Vec::new()));
        let inside = Arc::clone(&trace);
        // Spawned by one task, so that all are queued before the first of them runs.
        let spawner = runtime.spawn(async move {
            let tasks: Vec<_> = (0..5)
                .map(|name| {
                    let trace = Arc::clone(&inside);
                    spawn(async move {
                        for _ in 0..50 {
                            trace.lock().unwrap().push(name);
                            task::yield_now().await;
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        runtime.block_on(spawner).unwrap();
        let trace = trace.lock().unwrap();
        // On a worker thread the newest task runs first, and the others in order.
        let mut round = trace[..5].to_vec();
        let expected: Vec<i32> = (0..50).flat_map(|_| round.clone()).collect();
        assert_eq!(*trace, expected);
        round.sort_unstable();
        assert_eq!(round, [0, 1, 2, 3, 4]);
    });
}

/// Half of a pair that keep waking each other. Both count their polls.
async fn ping_pong(
    me: usize,
    wakers: Arc<Mutex<[Option<Waker>; 2]>>,
    polls: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
) {
    poll_fn(|context| {
        polls.fetch_add(1, Ordering::Relaxed);
        let mut wakers = wakers.lock().unwrap();
        wakers[me] = Some(context.waker().clone());
        let other = wakers[1 - me].clone();
        drop(wakers);
        if let Some(other) = other {
            other.wake();
        }
        if over.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[test]
fn a_pair_that_wakes_each_other_does_not_starve_its_neighbour() {
    each_single_runtime(|runtime| {
        let polls = Arc::new(AtomicUsize::new(0));
        let over = Arc::new(AtomicBool::new(false));
        let neighbour = runtime.spawn(async move {
            let wakers = Arc::new(Mutex::new([None, None]));
            let pair = [0, 1].map(|me| {
                spawn(ping_pong(me, Arc::clone(&wakers), Arc::clone(&polls), Arc::clone(&over)))
            });
            let mut gaps = Vec::new();
            for _ in 0..1000 {
                let before = polls.load(Ordering::Relaxed);
                task::yield_now().await;
                gaps.push(polls.load(Ordering::Relaxed) - before);
            }
            over.store(true, Ordering::Relaxed);
            for half in pair {
                half.await.unwrap();
            }
            gaps
        });
        let gaps = runtime.block_on(neighbour).unwrap();
        let longest = *gaps.iter().max().unwrap();
        assert!(gaps.iter().sum::<usize>() > 1000, "the pair was running all the time");
        // Three out of the slot, one out of the queue, and what the pair had queued before.
        assert!(longest <= 8, "{longest} polls of the pair in a row");
    });
}

/// Tasks that are always ready and count their polls, until told that it is over.
fn crowd(runtime: &Runtime, size: usize) -> (Arc<AtomicUsize>, Arc<AtomicBool>) {
    let polls = Arc::new(AtomicUsize::new(0));
    let over = Arc::new(AtomicBool::new(false));
    for _ in 0..size {
        let (polls, over) = (Arc::clone(&polls), Arc::clone(&over));
        drop(runtime.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                polls.fetch_add(1, Ordering::Relaxed);
                task::yield_now().await;
            }
        }));
    }
    (polls, over)
}

#[test]
fn the_injector_is_looked_at_although_there_are_always_ready_tasks() {
    each_single_runtime(|runtime| {
        let (polls, over) = crowd(runtime, 20);
        let (ask, asked) = mpsc::channel::<()>();
        let (answer, answered) = mpsc::channel();
        let outside = {
            let (handle, polls) = (runtime.handle().clone(), Arc::clone(&polls));
            std::thread::spawn(move || {
                while asked.recv().is_ok() {
                    let polls = Arc::clone(&polls);
                    let polled = async move { polls.load(Ordering::Relaxed) };
                    answer.send(handle.spawn(polled)).unwrap();
                }
            })
        };
        let asking = {
            let polls = Arc::clone(&polls);
            runtime.spawn(async move {
                let mut longest = 0;
                for _ in 0..50 {
                    // The worker stands still until the other thread has spawned its task.
                    ask.send(()).unwrap();
                    let injected = answered.recv().unwrap();
                    let before = polls.load(Ordering::Relaxed);
                    longest = longest.max(injected.await.unwrap() - before);
                }
                longest
            })
        };
        let longest = runtime.block_on(asking).unwrap();
        over.store(true, Ordering::Relaxed);
        outside.join().unwrap();
        assert!(longest <= GLOBAL_QUEUE_INTERVAL, "{longest} polls before the injected task");
    });
}

#[test]
fn timers_are_looked_at_although_there_are_always_ready_tasks() {
    for multi_thread in [false, true] {
        watched(move || {
            let nanos = Arc::new(AtomicU64::new(0));
            let clock = Clock::supplied({
                let nanos = Arc::clone(&nanos);
                move || Timestamp::from_nanos(nanos.load(Ordering::SeqCst))
            });
            let mut builder = Builder::new_current_thread();
            if multi_thread {
                builder = Builder::new_multi_thread();
            }
            let seams = Seams { clock, ..Seams::default() };
            let runtime = builder.worker_threads(1).seams(seams).build().unwrap();
            let size = 20;
            let (polls, over) = crowd(&runtime, size);
            let timer = {
                let polls = Arc::clone(&polls);
                runtime.spawn(async move {
                    let mut longest = 0;
                    for _ in 0..50 {
                        let mut sleep = std::pin::pin!(sleep(Duration::from_millis(5)));
                        let mut before = None;
                        poll_fn(|context| {
                            let poll = sleep.as_mut().poll(context);
                            if before.is_none() {
                                assert!(poll.is_pending());
                                // From here on it is due, and only its firing wakes this task.
                                nanos.fetch_add(5_000_000, Ordering::SeqCst);
                                before = Some(polls.load(Ordering::Relaxed));
                            }
                            poll
                        })
                        .await;
                        let gap = polls.load(Ordering::Relaxed) - before.unwrap();
                        longest = longest.max(gap);
                    }
                    longest
                })
            };
            let longest = runtime.block_on(timer).unwrap();
            over.store(true, Ordering::Relaxed);
            let bound = EVENT_INTERVAL + size;
            assert!(longest <= bound, "{longest} polls after the timer was due");
        });
    }
}

#[test]
fn a_full_queue_overflows_without_starving_anybody() {
    each_single_runtime(|runtime| {
        let tasks = 2_000;
        let counts: Arc<Vec<AtomicUsize>> = Arc::new((0..tasks).map(|_| 0.into()).collect());
        let spawner = {
            let counts = Arc::clone(&counts);
            runtime.spawn(async move {
                for me in 0..tasks {
                    let counts = Arc::clone(&counts);
                    drop(spawn(async move {
                        loop {
                            counts[me].fetch_add(1, Ordering::Relaxed);
                            task::yield_now().await;
                        }
                    }));
                }
            })
        };
        runtime.block_on(spawner).unwrap();
        let total = || counts.iter().map(|count| count.load(Ordering::Relaxed)).sum::<usize>();
        runtime
            .block_on(runtime.spawn(poll_fn({
                let counts = Arc::clone(&counts);
                move |context| {
                    let done = counts.iter().all(|count| count.load(Ordering::Relaxed) > 0);
                    context.waker().wake_by_ref();
                    if done { Poll::Ready(()) } else { Poll::Pending }
                }
            })))
            .unwrap();
        assert!(total() < 40 * tasks, "{} polls until each of {tasks} had its first", total());
    });
}

#[test]
fn a_root_that_wakes_itself_is_one_task_among_the_others() {
    watched(|| {
        let runtime = current();
        let (polls, over) = crowd(&runtime, 10);
        runtime.block_on(async {
            for _ in 0..1000 {
                task::yield_now().await;
            }
        });
        let while_blocked = polls.load(Ordering::Relaxed);
        let of_each = while_blocked / 10;
        assert!((900..=1100).contains(&of_each), "{of_each} polls of each beside 1000");
        over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_root_that_yields_lets_all_waiting_tasks_run_first() {
    watched(|| {
        current().block_on(async {
            let tasks: Vec<_> = (0..5).map(|_| spawn(async {})).collect();
            task::yield_now().await;
            assert!(tasks.iter().all(|task| task.is_finished()));
        });
    });
}

#[test]
fn a_busy_worker_notices_the_end() {
    watched(|| {
        let runtime = multi(1);
        let handle: Handle = runtime.handle().clone();
        drop(crowd(&runtime, 10));
        drop(runtime);
        assert_eq!(handle.metrics().tasks.live, 0);
    });
}

/// Who joins many tasks has its turn when all that are queued have run, not after each of them.
#[test]
fn joining_siblings_takes_few_polls() {
    each_single_runtime(|runtime| {
        const SIBLINGS: usize = 200;
        let polls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&polls);
        let parent = runtime.spawn(async move {
            let siblings: Vec<_> = (0..SIBLINGS).map(|_| spawn(async {})).collect();
            let mut joined = std::pin::pin!(async {
                for sibling in siblings {
                    sibling.await.unwrap();
                }
            });
            poll_fn(|context| {
                counted.fetch_add(1, Ordering::Relaxed);
                joined.as_mut().poll(context)
            })
            .await;
        });
        runtime.block_on(parent).unwrap();
        let polls = polls.load(Ordering::Relaxed);
        assert!(polls <= 5, "{polls} polls for {SIBLINGS} tasks");
    });
}
