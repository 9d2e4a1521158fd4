//! Descriptors whose owner promises to keep them open.

#![allow(unsafe_code)] // Fenced: the promises.

use crate::support::pair;
use futures_lite::future::poll_once;
use graph_runtime::io::Interest;
use graph_runtime::io::unix::AsyncFd;
use std::io::Write;

#[graph_runtime::test]
async fn they_are_watched_for_what_was_asked_for() {
    let (here, mut there) = pair();
    // SAFETY: the stream owns its descriptor, here and below.
    let here = unsafe { AsyncFd::register(here) }.expect("a socket can be watched");
    here.writable().await.expect("there is room").retain_ready();
    assert!(poll_once(here.readable()).await.is_none());
    there.write_all(b"x").expect("there is room");
    here.readable().await.expect("it was sent").clear_ready();
    let socket = here.into_inner();
    // SAFETY: see above.
    let here = unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE) };
    let here = here.expect("it is no longer watched");
    here.readable().await.expect("it was sent").retain_ready();
    assert!(poll_once(here.writable()).await.is_none(), "it is not watched for that");
}

#[graph_runtime::test]
async fn what_cannot_be_watched_comes_back() {
    let file = tempfile::tempfile().expect("there is room for temporary files");
    // SAFETY: the file owns its descriptor.
    let error = unsafe { AsyncFd::register(file) }.expect_err("a file is always ready");
    let (mut file, cause) = error.into_parts();
    assert_eq!(cause.raw_os_error(), Some(libc::EPERM));
    file.write_all(b"x").expect("it is open");
}
