//! Which descriptors can be watched, and giving them back.

use crate::support::{pair, watched};
use futures_lite::future::poll_once;
use graph_runtime::io::Interest;
use graph_runtime::io::unix::AsyncFd;
use std::io::Write;
use std::os::fd::AsRawFd;

#[graph_runtime::test]
async fn a_file_cannot_be_watched() {
    let file = tempfile::tempfile().expect("there is room for temporary files");
    let number = file.as_raw_fd();
    let error = AsyncFd::try_new(file).expect_err("a file is always ready");
    assert!(error.to_string().contains("cannot be watched"));
    let (file, cause) = error.into_parts();
    assert_eq!((file.as_raw_fd(), cause.raw_os_error()), (number, Some(libc::EPERM)));
    let error = AsyncFd::with_interest(file, Interest::READABLE).expect_err("it still is");
    assert_eq!(error.raw_os_error(), Some(libc::EPERM));
}

#[graph_runtime::test]
async fn what_was_watched_can_be_watched_again() {
    let (mut here, mut there) = watched();
    for _ in 0..3 {
        let socket = here.into_inner();
        here = AsyncFd::with_interest(socket, Interest::READABLE).expect("it is not watched");
        assert!(poll_once(here.readable()).await.is_none());
        there.write_all(b"x").expect("there is room");
        here.readable().await.expect("it was sent").clear_ready();
        assert_eq!(crate::support::drain(here.get_ref()), 1);
    }
}

#[graph_runtime::test]
async fn what_it_is_made_of_is_dropped_with_it() {
    let (here, mut there) = watched();
    drop(here);
    let error = there.write_all(b"x").expect_err("nobody is there");
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
}

#[test]
#[should_panic(expected = "no current graph_runtime runtime")]
fn outside_a_runtime_it_panics() {
    let _ = AsyncFd::new(pair().0);
}
