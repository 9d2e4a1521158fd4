//! Who runs a task: its own worker, or one that has nothing to do.

use crate::support::{multi, watched};
use graph_runtime::runtime::Builder;
use graph_runtime::{spawn, task};
use std::collections::HashSet;
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
