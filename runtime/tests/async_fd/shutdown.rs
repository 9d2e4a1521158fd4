//! Descriptors and the end of a runtime.

use crate::support::{pair, watched};
use futures_lite::future::{block_on, poll_once};
use graph_runtime::io::unix::AsyncFd;
use graph_runtime::runtime::Builder;

#[test]
fn who_waits_is_told() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().expect("there are threads");
    let (here, _there) = runtime.block_on(async { watched() });
    block_on(async {
        let mut waiting = std::pin::pin!(here.readable());
        assert!(poll_once(waiting.as_mut()).await.is_none());
        drop(runtime);
        waiting.await.expect_err("nobody watches it any more");
        here.readable().await.expect_err("and never will");
        here.writable().await.expect_err("and never will");
    });
}

#[test]
fn nothing_new_is_watched() {
    let runtime = Builder::new_current_thread().build().expect("there are descriptors");
    let handle = runtime.handle().clone();
    drop(runtime);
    let _entered = handle.enter();
    let (here, _there) = pair();
    AsyncFd::new(here).expect_err("nobody watches it");
}
