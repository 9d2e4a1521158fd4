//! Which runtime is the current one.

use crate::support::{current, each_runtime, multi, watched};
use graph_runtime::runtime::{Handle, Runtime};
use graph_runtime::task;

fn is(handle: &Handle) -> bool {
    // Two handles are of the same runtime if a task of one is seen in the books of the other.
    let before = handle.metrics().tasks.spawned;
    drop(Handle::current().spawn(async {}));
    handle.metrics().tasks.spawned == before + 1
}

#[test]
fn there_is_none_outside() {
    let error = Handle::try_current().unwrap_err();
    assert!(error.to_string().contains("Handle::enter"), "{error}");
}

#[test]
#[should_panic(expected = "there is no current graph_runtime runtime")]
fn spawning_outside_says_so() {
    drop(graph_runtime::spawn(async {}));
}

#[test]
fn scopes_nest_and_end() {
    watched(|| {
        let [a, b] = [multi(1), current()];
        let in_a = a.enter();
        assert!(is(a.handle()));
        {
            let _in_b = b.handle().enter();
            assert!(is(b.handle()));
            {
                let _again = a.handle().enter();
                assert!(is(a.handle()));
            }
            assert!(is(b.handle()));
            a.block_on(async { assert!(is(a.handle())) });
            assert!(is(b.handle()), "block_on is a scope as well");
        }
        assert!(is(a.handle()));
        drop(in_a);
        assert!(Handle::try_current().is_err());
    });
}

#[test]
fn a_panic_ends_scopes() {
    watched(|| {
        let runtime = current();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _entered = runtime.enter();
            panic!("in a scope");
        }));
        assert!(panicked.is_err());
        assert!(Handle::try_current().is_err());
    });
}

#[test]
fn tasks_and_blocking_closures_have_one() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            task::spawn(async { Handle::current() }).await.unwrap();
            task::spawn_blocking(Handle::current).await.unwrap();
        });
    });
}

#[test]
fn a_task_of_one_runtime_spawns_on_another() {
    watched(|| {
        let [a, b] = [multi(2), multi(2)];
        let handle = b.handle().clone();
        let task = a.spawn(async move {
            let there = handle.spawn(async { Handle::current() }).await.unwrap();
            let inner = {
                let _entered = there.enter();
                graph_runtime::spawn(async { 1 })
            };
            inner.await.unwrap()
        });
        assert_eq!(a.block_on(task).unwrap(), 1);
        assert_eq!(a.handle().metrics().tasks.spawned, 1);
        assert_eq!(b.handle().metrics().tasks.finished, 2);
    });
}

#[test]
fn runtimes_and_handles_may_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Runtime>();
    shared::<Handle>();
    shared::<task::JoinHandle<std::cell::Cell<u8>>>();
    shared::<task::AbortHandle>();
    shared::<task::JoinError>();
}

#[test]
fn it_outlives_its_runtime() {
    let handle = multi(1).handle().clone();
    let _entered = handle.enter();
    assert!(graph_runtime::spawn(async {}).is_finished());
}

#[test]
#[should_panic(expected = "reverse order")]
fn scopes_that_cross_are_refused() {
    let [a, b] = [current(), current()];
    let outer = a.enter();
    let inner = b.enter();
    drop(outer);
    drop(inner);
}

#[test]
fn a_scope_may_be_seen_by_other_threads_but_stays_on_its_own() {
    fn assert_sync<T: Sync>() {}
    assert_sync::<graph_runtime::runtime::EnterGuard<'static>>();
}
