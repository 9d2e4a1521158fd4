//! Shell commands, and looking at processes.

use graph_runtime::process::{Child, Command};
use graph_runtime::time::{Duration, sleep};
use std::process::Stdio;

/// What a shell does with `script`.
pub(crate) fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// A process that ends when its input does.
pub(crate) fn reader() -> Command {
    let mut command = Command::new("cat");
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    command
}

pub(crate) fn start(command: &mut Command) -> Child {
    command.spawn().expect("it can be started")
}

/// Whether the system knows a process of this number, ended or not.
pub(crate) fn is_known(id: u32) -> bool {
    std::path::Path::new(&format!("/proc/{id}")).exists()
}

/// Waits until the system has forgotten a process: it ended, and somebody took note.
pub(crate) async fn forgotten(id: u32) {
    while is_known(id) {
        sleep(Duration::from_millis(1)).await;
    }
}
