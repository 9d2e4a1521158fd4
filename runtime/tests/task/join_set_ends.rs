//! What becomes of the tasks of a set that are not joined: dropped, detached, aborted.

use crate::support::{Drops, current, each_runtime, multi, watched};
use graph_runtime::sync::Notify;
use graph_runtime::task::{self, JoinSet};
use std::collections::HashSet;
use std::future::pending;
use std::sync::{Arc, mpsc};

#[test]
fn dropping_it_aborts_what_is_left() {
    each_runtime(|runtime| {
        let drops = Drops::default();
        let mut set = JoinSet::new();
        for _ in 0..16 {
            let guard = drops.guard();
            set.spawn_on(
                async move {
                    let _guard = guard;
                    pending::<()>().await;
                },
                runtime.handle(),
            );
        }
        drop(set);
        runtime.block_on(async {
            while drops.count() < 16 {
                task::yield_now().await;
            }
        });
    });
}

#[test]
fn detached_tasks_run_on() {
    each_runtime(|runtime| {
        let (done, dones) = mpsc::channel();
        runtime.block_on(async {
            let gate = Arc::new(Notify::new());
            let mut set = JoinSet::new();
            for number in 0..8 {
                let (gate, done) = (Arc::clone(&gate), done.clone());
                let notified = gate.notified_owned();
                set.spawn(async move {
                    notified.await;
                    done.send(number).unwrap();
                });
            }
            set.detach_all();
            assert!(set.is_empty() && set.join_next().await.is_none());
            set.spawn(async {});
            gate.notify_waiters();
            set.join_next().await.unwrap().unwrap();
            assert!(set.join_next().await.is_none(), "only its own tasks are joined");
            drop(set);
            let mut numbers = HashSet::new();
            while numbers.len() < 8 {
                numbers.extend(dones.try_iter());
                task::yield_now().await;
            }
        });
    });
}

#[test]
fn an_abort_handle_aborts_one() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut set = JoinSet::new();
            for number in 0..16 {
                let abort = set.spawn(async move {
                    if number % 2 == 1 {
                        pending::<()>().await;
                    }
                    number
                });
                if number % 2 == 1 {
                    abort.abort();
                }
            }
            let (mut finished, mut aborted) = (0, 0);
            while let Some(joined) = set.join_next().await {
                match joined {
                    Ok(number) => finished += usize::from(number % 2 == 0),
                    Err(error) => aborted += usize::from(error.is_cancelled()),
                }
            }
            assert_eq!((finished, aborted), (8, 8));
        });
    });
}

#[test]
fn abort_all_leaves_the_finished_ones_their_outputs() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut set = JoinSet::new();
            let ready: Vec<_> = (0..5).map(|_| set.spawn(async {})).collect();
            for _ in 0..5 {
                set.spawn(pending());
            }
            while !ready.iter().all(task::AbortHandle::is_finished) {
                task::yield_now().await;
            }
            set.abort_all();
            assert_eq!(set.len(), 10, "they are there until they are joined");
            let mut finished = 0;
            while let Some(joined) = set.join_next().await {
                finished += usize::from(joined.is_ok());
            }
            assert_eq!(finished, 5);
        });
    });
}

#[test]
fn shutdown_waits_until_everything_is_dropped() {
    each_runtime(|runtime| {
        let drops = Drops::default();
        runtime.block_on(async {
            let mut set = JoinSet::new();
            for _ in 0..50 {
                let guard = drops.guard();
                set.spawn(async move {
                    let _guard = guard;
                    task::yield_now().await;
                    pending::<()>().await;
                });
            }
            set.spawn(async { panic!("nobody minds") });
            set.shutdown().await;
            assert!(set.is_empty());
            assert_eq!(drops.count(), 50);
        });
    });
}

#[test]
fn the_runtime_may_be_gone() {
    watched(|| {
        for make in [current, || multi(2)] {
            let mut set = JoinSet::new();
            let runtime = make();
            set.spawn_on(pending::<()>(), runtime.handle());
            drop(runtime);
            let joined = current().block_on(set.join_next());
            assert!(joined.unwrap().unwrap_err().is_cancelled());
        }
    });
}
