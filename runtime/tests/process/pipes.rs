//! Input and output of a process.

use crate::support::{shell, start};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::process::{ChildStdin, Command};
use std::process::Stdio;

#[graph_runtime::test]
async fn more_than_they_hold_goes_through() {
    let mut cat = Command::new("cat");
    let mut cat = start(cat.stdin(Stdio::piped()).stdout(Stdio::piped()));
    let (stdin, stdout) = (cat.stdin.take(), cat.stdout.take());
    let (mut stdin, mut stdout) = (stdin.expect("it is a pipe"), stdout.expect("it is a pipe"));
    let data: Vec<u8> = (0..500_000_u32).map(|index| (index % 251) as u8).collect();
    let sent = data.clone();
    let sender = graph_runtime::spawn(async move { stdin.write_all(&sent).await });
    let mut received = Vec::new();
    stdout.read_to_end(&mut received).await.expect("it is read");
    assert!(received == data);
    sender.await.expect("it does not panic").expect("it was read");
    assert!(cat.wait().await.expect("it is ours").success());
}

#[graph_runtime::test]
async fn one_process_reads_what_another_writes() {
    let mut echo = Command::new("echo");
    let mut echo = start(echo.arg("through two").stdout(Stdio::piped()));
    let stdout = echo.stdout.take().expect("it is a pipe");
    let mut upper = Command::new("tr");
    upper.args(["a-z", "A-Z"]).stdin(Stdio::try_from(stdout).expect("it is open"));
    let output = upper.output().await.expect("it can be started");
    assert_eq!(output.stdout, b"THROUGH TWO\n");
    assert!(echo.wait().await.expect("it is ours").success());
}

#[graph_runtime::test]
async fn writing_to_one_that_has_ended_fails() {
    let mut child =
        start(shell("exec <&-; echo closed").stdin(Stdio::piped()).stdout(Stdio::piped()));
    let mut closed = [0; 7];
    let stdout = child.stdout.as_mut().expect("it is a pipe");
    stdout.read_exact(&mut closed).await.expect("it was written");
    let stdin = child.stdin.as_mut().expect("it is a pipe");
    // A process that another test is just starting may have the other end for a moment.
    let error = loop {
        if let Err(error) = stdin.write_all(b"nobody").await {
            break error;
        }
    };
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
    child.wait().await.expect("it is ours");
}

#[graph_runtime::test]
async fn to_the_standard_library_and_back() {
    let mut std = std::process::Command::new("cat");
    let mut std = std.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it starts");
    let stdin = ChildStdin::from_std(std.stdin.take().expect("it is a pipe"));
    let descriptor = stdin.expect("it is open").into_owned_fd().expect("it is open");
    let flags = rustix::fs::fcntl_getfl(&descriptor).expect("it is open");
    assert!(!flags.contains(rustix::fs::OFlags::NONBLOCK));
    drop(descriptor);
    assert!(std.wait().expect("it is ours").success());
}
