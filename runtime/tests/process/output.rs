//! All that a process writes.

use crate::support::shell;
use std::process::Stdio;

#[graph_runtime::test]
async fn both_kinds_are_read_at_once() {
    // More than a pipe holds, to both: reading one after the other would stand still.
    let script = "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; echo end; exit 4";
    let output = shell(script).output().await.expect("it can be started");
    assert_eq!(output.status.code(), Some(4));
    assert_eq!((output.stdout.len(), output.stderr.len()), (300_004, 300_000));
}

#[graph_runtime::test]
async fn only_what_is_a_pipe_is_read() {
    let mut command = shell("echo written; echo complained >&2");
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let output = child.expect("it can be started").wait_with_output().await;
    let output = output.expect("it is ours");
    assert_eq!((&output.stdout[..], &output.stderr[..]), (&b""[..], &b"complained\n"[..]));
}

#[graph_runtime::test]
async fn what_was_taken_is_left_to_the_taker() {
    let mut child = shell("echo taken").stdout(Stdio::piped()).spawn().expect("it can be started");
    let stdout = child.stdout.take().expect("it is a pipe");
    let output = child.wait_with_output().await.expect("it is ours");
    assert!(output.stdout.is_empty());
    assert_eq!(stdout.try_read(&mut [0; 16]).expect("it was written"), 6);
}
