//! Waiting for the end of a process.

use crate::support::{reader, shell, start};
use futures_lite::future::poll_once;
use std::os::unix::process::ExitStatusExt;

#[graph_runtime::test]
async fn how_it_ended_is_told_as_often_as_it_is_asked() {
    let mut child = start(&mut shell("exit 7"));
    assert!(child.id().is_some());
    for _ in 0..3 {
        assert_eq!(child.wait().await.expect("it is ours").code(), Some(7));
    }
    assert_eq!(child.try_wait().expect("it is ours").expect("it has ended").code(), Some(7));
    assert_eq!(child.id(), None, "the number may be another's by now");
    let signalled = shell("kill -TERM $$").status().await.expect("it can be started");
    assert_eq!(signalled.signal(), Some(libc::SIGTERM));
}

#[graph_runtime::test]
async fn who_gives_up_can_wait_again() {
    let mut child = start(&mut reader());
    let stdin = child.stdin.take();
    for _ in 0..3 {
        assert!(poll_once(child.wait()).await.is_none());
        assert!(child.try_wait().expect("it is ours").is_none());
    }
    drop(stdin);
    assert!(child.wait().await.expect("it is ours").success());
}

#[graph_runtime::test]
async fn waiting_ends_what_it_reads() {
    let mut child = start(&mut reader());
    assert!(child.try_wait().expect("it is ours").is_none(), "this does not");
    assert!(child.stdin.is_some());
    assert!(child.wait().await.expect("it is ours").success());
    assert!(child.stdin.is_none());
}

#[graph_runtime::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once() {
    let tasks: Vec<_> = (0..30)
        .map(|code| {
            graph_runtime::spawn(async move {
                let status = shell(&format!("exit {code}")).status().await;
                assert_eq!(status.expect("it can be started").code(), Some(code));
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

#[graph_runtime::test]
async fn a_program_that_does_not_exist_cannot_be_started() {
    let error = graph_runtime::process::Command::new("no such program").spawn();
    assert_eq!(error.expect_err("there is none").kind(), std::io::ErrorKind::NotFound);
}
