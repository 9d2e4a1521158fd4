//! Signals belong to no runtime.

use crate::support::{hears_nothing, listen, raise, real_time};
use graph_runtime::runtime::{Builder, Runtime};
use std::sync::mpsc::channel;

fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut builder| builder.build().expect("there are threads"))
}

#[test]
fn several_hear_the_same() {
    let kind = real_time(7);
    let [first, second] = runtimes();
    let mut here = first.block_on(async { listen(kind) });
    let (waits, waiting) = channel();
    let heard = second.spawn(async move {
        let mut there = listen(kind);
        waits.send(()).expect("the test listens");
        there.recv().await
    });
    waiting.recv().expect("the task has not ended");
    raise(kind);
    assert_eq!(first.block_on(here.recv()), Some(()));
    assert_eq!(second.block_on(heard).expect("it does not panic"), Some(()));
}

#[test]
fn the_end_of_one_is_not_the_end_of_all() {
    let kind = real_time(8);
    let [first, second] = runtimes();
    let mut listener = first.block_on(async { listen(kind) });
    // Now it waits in the first.
    assert!(first.block_on(hears_nothing(&mut listener)));
    drop(first);
    second.block_on(async {
        raise(kind);
        assert_eq!(listener.recv().await, Some(()));
        assert!(hears_nothing(&mut listener).await);
        raise(kind);
        assert_eq!(listener.recv().await, Some(()));
    });
    let [third, _] = runtimes();
    let mut other = third.block_on(async { listen(kind) });
    raise(kind);
    assert_eq!(third.block_on(other.recv()), Some(()));
}

#[test]
fn who_waits_does_not_keep_a_runtime_from_ending() {
    let kind = real_time(9);
    for runtime in runtimes() {
        let mut listener = runtime.block_on(async { listen(kind) });
        let (waits, waiting) = channel();
        let task = runtime.spawn(async move {
            assert!(hears_nothing(&mut listener).await);
            waits.send(()).expect("the test listens");
            listener.recv().await
        });
        runtime.block_on(async {
            while waiting.try_recv().is_err() {
                graph_runtime::task::yield_now().await;
            }
        });
        drop(runtime);
        assert!(task.is_finished());
    }
}
