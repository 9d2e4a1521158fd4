//! Who runs a task: its own worker, or one that has nothing to do.

use crate::support::{multi, watched};
use graph_runtime::runtime::{Builder, Handle};
use graph_runtime::{spawn, task};
use std::collections::HashSet;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

#[test]
fn switched_off_a_task_stays_with_its_worker() {
    watched(|| {
        let runtime =
            Builder::new_multi_thread().worker_threads(4).work_stealing(false).build().unwrap();
        let parent = runtime.spawn(async {
            let here = thread::current().id();
            let children: Vec<_> = (0..100)
                .map(|_| {
                    spawn(async move {
                        let mut stayed = thread::current().id() == here;
                        for _ in 0..20 {
                            task::yield_now().await;
                            stayed &= thread::current().id() == here;
                        }
                        stayed
                    })
                })
                .collect();
            let mut all = true;
            for child in children {
                all &= child.await.unwrap();
            }
            all
        });
        assert!(runtime.block_on(parent).unwrap());
        let workers = runtime.handle().metrics().workers;
        assert!(workers.iter().all(|worker| worker.steals == 0));
    });
}

#[test]
fn what_a_blocked_worker_has_queued_is_run_by_others() {
    watched(|| {
        let runtime = multi(2);
        for _ in 0..300 {
            let parent = runtime.spawn(async {
                let (sender, receiver) = mpsc::channel();
                for _ in 0..8 {
                    let sender = sender.clone();
                    drop(spawn(async move { sender.send(()).unwrap() }));
                }
                drop(sender);
                // Blocks its worker until the other one has run all eight.
                assert_eq!(receiver.iter().count(), 8);
            });
            runtime.block_on(parent).unwrap();
        }
    });
}

#[test]
fn tasks_spread_over_all_workers_from_inside_and_outside() {
    watched(|| {
        let runtime = multi(4);
        for round in 0..400 {
            let together = Arc::new(Barrier::new(4));
            // Each blocks its worker until all four are running: on four workers.
            let meet = |together: Arc<Barrier>| async move {
                together.wait();
                thread::current().id()
            };
            let meetings: Vec<_> = if round % 2 == 0 {
                (0..4).map(|_| runtime.spawn(meet(Arc::clone(&together)))).collect()
            } else {
                let spawner = runtime
                    .spawn(async move { (0..4).map(|_| spawn(meet(together.clone()))).collect() });
                runtime.block_on(spawner).unwrap()
            };
            let threads: HashSet<_> =
                meetings.into_iter().map(|it| runtime.block_on(it).unwrap()).collect();
            assert_eq!(threads.len(), 4);
        }
    });
}

#[test]
fn a_burst_from_outside_reaches_every_worker() {
    watched(|| {
        let runtime = multi(2);
        for _ in 0..200 {
            let together = Arc::new(Barrier::new(2));
            let tasks: Vec<_> = (0..64)
                .map(|n| {
                    let together = Arc::clone(&together);
                    runtime.spawn(async move {
                        // Somewhere in the burst two must be running at the same time.
                        if n % 2 == 0 {
                            task::yield_now().await;
                        }
                        together.wait();
                    })
                })
                .collect();
            for task in tasks {
                runtime.block_on(task).unwrap();
            }
        }
    });
}

/// Whether both workers are awake, which a call for one changes at once, when `crowd` has run on a
/// worker while the other one sleeps. Who is queued by that has to stay until the flag is set.
fn is_called<F>(mut builder: Builder, crowd: impl FnOnce(Arc<AtomicBool>) -> F) -> bool
where
    F: Future<Output = bool> + Send + 'static,
{
    let runtime = builder.worker_threads(2).build().unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let crowd = crowd(Arc::clone(&is_over));
    let called = runtime.spawn(async {
        while awake_workers() > 1 {
            task::yield_now().await;
        }
        crowd.await
    });
    runtime.block_on(called).unwrap()
}

fn awake_workers() -> usize {
    Handle::current().metrics().awake_workers
}

/// Keeps its worker, but not for so long that it is found stuck.
fn stay(until: &AtomicBool) {
    while !until.load(Ordering::SeqCst) {
        spin_loop();
    }
}

#[test]
fn others_are_called_for_a_second_task_also_without_a_lifo_slot() {
    watched(|| {
        for _ in 0..20 {
            let mut builder = Builder::new_multi_thread();
            builder.disable_lifo_slot();
            let called = is_called(builder, |is_over| async move {
                for _ in 0..2 {
                    let is_over = Arc::clone(&is_over);
                    drop(spawn(async move { stay(&is_over) }));
                }
                let called = awake_workers() == 2;
                is_over.store(true, Ordering::SeqCst);
                called
            });
            assert!(called);
        }
    });
}

#[test]
fn others_are_called_for_a_joiner_while_what_its_task_has_started_runs() {
    watched(|| {
        for _ in 0..20 {
            let called = is_called(Builder::new_multi_thread(), |is_over| async move {
                let (tell, told) = mpsc::channel();
                let over = Arc::clone(&is_over);
                let joined = spawn(async {
                    // Out of the queue it ends as one that may have siblings there.
                    task::yield_now().await;
                    drop(spawn(async move {
                        tell.send(awake_workers() == 2).unwrap();
                        over.store(true, Ordering::SeqCst);
                    }));
                });
                joined.await.unwrap();
                stay(&is_over);
                told.recv().unwrap()
            });
            assert!(called);
        }
    });
}
