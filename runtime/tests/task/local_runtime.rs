//! Runtimes that stay on their thread.

use crate::support::{Drops, watched};
use graph_runtime::runtime::{Builder, LocalOptions, LocalRuntime};
use graph_runtime::task::{self, JoinSet, LocalSet, spawn_local};
use graph_runtime::time;
use std::future::pending;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

#[test]
fn local_tasks_can_be_spawned_everywhere_on_it() {
    watched(|| {
        let runtime = LocalRuntime::new().unwrap();
        let here = thread::current().id();
        let early = runtime.spawn_local(async { Rc::new(1) });
        runtime.block_on(async {
            let in_plain = task::spawn(async move {
                let local = spawn_local(async move { *Rc::new(thread::current().id()) == here });
                local.await.unwrap()
            });
            assert!(in_plain.await.unwrap());
            let in_local = spawn_local(async { spawn_local(async { 2 }).await.unwrap() });
            assert_eq!(*early.await.unwrap() + in_local.await.unwrap(), 3);
        });
    });
}

#[test]
fn timers_threads_and_other_sets_work_as_ever() {
    watched(|| {
        let runtime = Builder::new_current_thread().build_local(LocalOptions::default()).unwrap();
        runtime.block_on(async {
            let local = spawn_local(async {
                time::sleep(Duration::from_millis(1)).await;
                task::spawn_blocking(|| 5).await.unwrap()
            });
            let other = LocalSet::new();
            let mut set = JoinSet::new();
            set.spawn_local_on(async { Rc::new(6) }, &other);
            assert_eq!(other.run_until(set.join_all()).await, [Rc::new(6)]);
            assert_eq!(local.await.unwrap(), 5);
        });
        assert_eq!(runtime.block_on(runtime.spawn_blocking(|| 7)).unwrap(), 7);
    });
}

#[test]
fn what_is_not_joined_goes_on_with_the_next_block_on() {
    watched(|| {
        let runtime = LocalRuntime::new().unwrap();
        let task = {
            let _entered = runtime.enter();
            drop(task::spawn(async {}));
            spawn_local(async { task::yield_now().await })
        };
        runtime.block_on(async {});
        runtime.block_on(task).unwrap();
        assert_eq!(runtime.metrics().tasks.live, 0);
    });
}

#[test]
fn dropping_it_drops_local_tasks_while_there_is_a_runtime() {
    struct Spawns(Drops);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let guard = self.0.guard();
            drop(task::spawn(async move { drop(guard) }));
        }
    }
    watched(|| {
        let runtime = LocalRuntime::new().unwrap();
        let drops = Drops::default();
        let spawns = Spawns(drops.clone());
        let task = runtime.spawn_local(async move {
            let _spawns = spawns;
            pending::<()>().await;
        });
        runtime.block_on(task::yield_now());
        let handle = runtime.handle().clone();
        drop(runtime);
        assert!(task.is_finished());
        assert_eq!((drops.count(), handle.metrics().tasks.live), (1, 0));
    });
}

#[test]
fn a_multi_thread_builder_builds_none() {
    let error = Builder::new_multi_thread().build_local(LocalOptions::default()).unwrap_err();
    assert!(error.is_config());
}

#[test]
fn the_attribute_knows_it() {
    #[graph_runtime::main(flavor = "local")]
    async fn local() -> usize {
        let three = Rc::new(3);
        spawn_local(async move { *three }).await.unwrap()
    }
    assert_eq!(watched(local), 3);
}

#[test]
fn another_thread_is_told_why_it_cannot_spawn_its_tasks() {
    let runtime = LocalRuntime::new().expect("the system has descriptors");
    let handle = runtime.handle().clone();
    let elsewhere = thread::spawn(move || {
        let _entered = handle.enter();
        drop(spawn_local(async {}));
    });
    let payload = elsewhere.join().expect_err("its tasks stay on their thread");
    let message = payload.downcast_ref::<String>().expect("a formatted message");
    assert!(message.contains("from the thread the runtime was created on"), "{message}");
    let outside = thread::spawn(|| drop(spawn_local(async {}))).join();
    let payload = outside.expect_err("there is no set");
    let message = payload.downcast_ref::<String>().expect("a formatted message");
    assert!(message.contains("from outside of"), "{message}");
}
