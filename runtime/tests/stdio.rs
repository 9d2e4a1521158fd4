//! The standard streams, of a copy of this program.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::io::{stderr, stdin, stdout};
use graph_runtime::process::Command;
use graph_runtime::runtime::Builder;
use std::process::Stdio;

/// Set for the copy.
const IS_COPY: &str = "GRAPH_RUNTIME_TEST_STDIO";

/// What the copy does: it says what it reads, louder, and how much that was.
#[test]
fn copy() {
    if std::env::var_os(IS_COPY).is_none() {
        return;
    }
    let runtime = Builder::new_current_thread().build().expect("there are descriptors");
    runtime.block_on(async {
        let (mut stdin, mut stdout, mut stderr) = (stdin(), stdout(), stderr());
        let mut read = String::new();
        stdin.read_to_string(&mut read).await.expect("it is text");
        // No end of a line: it is flushed all the same.
        stdout.write_all(read.to_uppercase().as_bytes()).await.expect("it is only started");
        stdout.flush().await.expect("somebody reads it");
        let count = format!("{} bytes", read.len());
        stderr.write_all(count.as_bytes()).await.expect("it is only started");
        stderr.flush().await.expect("somebody reads it");
    });
    // Nothing that is done at a regular end may be needed.
    std::process::abort();
}

#[graph_runtime::test]
async fn what_is_read_and_written_arrives() {
    let program = std::env::current_exe().expect("it runs");
    let mut copy = Command::new(program);
    copy.args(["--exact", "copy", "--nocapture"]).env(IS_COPY, "1");
    copy.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut copy = copy.spawn().expect("it can be started");
    let mut stdin = copy.stdin.take().expect("it is a pipe");
    let said = "quiet ".repeat(20_000);
    let writing = graph_runtime::spawn({
        let said = said.clone();
        async move { stdin.write_all(said.as_bytes()).await }
    });
    let output = copy.wait_with_output().await.expect("it is ours");
    writing.await.expect("it does not panic").expect("it was read");
    let (stdout, stderr) = (output.stdout, output.stderr);
    let stdout = String::from_utf8(stdout).expect("it is text");
    assert!(stdout.ends_with(&said.to_uppercase()), "some of it is missing");
    let stderr = String::from_utf8(stderr).expect("it is text");
    assert!(stderr.contains(&format!("{} bytes", said.len())), "{stderr}");
}
