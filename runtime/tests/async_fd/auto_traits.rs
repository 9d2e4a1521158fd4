//! What may be given to other threads.

use graph_runtime::io::Interest;
use graph_runtime::io::unix::AsyncFd;
use std::cell::Cell;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;

/// May be given to another thread, but not shared with one.
struct OfOneThread {
    stream: UnixStream,
    _counts: Cell<u32>,
}

impl AsRawFd for OfOneThread {
    fn as_raw_fd(&self) -> RawFd {
        self.stream.as_raw_fd()
    }
}

fn assert_send<T: Send>(it: T) -> T {
    it
}

#[graph_runtime::test]
async fn a_task_may_wait_for_what_only_it_uses() {
    let (stream, _there) = crate::support::pair();
    let fd = AsyncFd::new(OfOneThread { stream, _counts: Cell::new(0) });
    let mut fd = fd.expect("a socket can be watched");
    let task = graph_runtime::spawn(async move {
        assert_send(fd.writable_mut()).await.expect("there is room").retain_ready();
        let guard = assert_send(fd.ready_mut(Interest::WRITABLE)).await;
        guard.expect("there is room").ready().is_writable()
    });
    assert!(task.await.expect("it does not panic"));
}
