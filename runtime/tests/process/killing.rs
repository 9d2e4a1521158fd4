//! Ending a process.

use crate::support::{forgotten, reader, start};
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;

#[graph_runtime::test]
async fn it_is_killed_and_waited_for() {
    let mut child = start(&mut reader());
    let id = child.id().expect("it runs");
    child.kill().await.expect("it is ours");
    assert!(!crate::support::is_known(id));
    let status = child.wait().await.expect("it is ours");
    assert_eq!(status.signal(), Some(libc::SIGKILL));
    assert_eq!(child.kill().await.expect_err("it has ended").kind(), ErrorKind::InvalidInput);
}

#[graph_runtime::test]
async fn killing_can_be_left_to_itself() {
    let mut child = start(&mut reader());
    child.start_kill().expect("it is ours");
    child.start_kill().expect("nobody has waited yet");
    assert_eq!(child.wait().await.expect("it is ours").signal(), Some(libc::SIGKILL));
    assert_eq!(child.start_kill().expect_err("it has ended").kind(), ErrorKind::InvalidInput);
}

#[graph_runtime::test]
async fn dropping_it_can_kill_it() {
    let mut command = reader();
    assert!(!command.get_kill_on_drop());
    let mut child = start(command.kill_on_drop(true));
    let _stdin = child.stdin.take();
    let id = child.id().expect("it runs");
    drop(child);
    forgotten(id).await;
}

#[graph_runtime::test]
async fn dropping_what_waits_can_kill_it() {
    // The process says its number, and then reads what never comes.
    let (told, mut tells) = std::io::pipe().map(|(reader, writer)| (writer, reader)).unwrap();
    let (reads, _writer) = std::io::pipe().expect("there are descriptors");
    let mut command = crate::support::shell("echo $$; exec cat");
    let waiting = command.stdin(reads).stdout(told).kill_on_drop(true).status();
    drop(command);
    let mut number = [0; 16];
    let length = std::io::Read::read(&mut tells, &mut number).expect("it was told");
    let number = std::str::from_utf8(&number[..length]).expect("it is text");
    let id = number.trim().parse().expect("it is a number");
    assert!(crate::support::is_known(id));
    drop(waiting);
    forgotten(id).await;
}
