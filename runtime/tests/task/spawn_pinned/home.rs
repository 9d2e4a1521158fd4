//! Who polls a pinned task, and what its output is.

use super::stays::{Stays, woken_from_elsewhere};
use crate::support::{Drops, each_runtime, multi, watched};
use graph_runtime::task::{self, spawn_pinned};
use graph_runtime::time;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

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
