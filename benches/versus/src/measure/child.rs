//! Running one sample in a process of its own.

use super::sample::Sample;
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;
use thiserror::Error;

/// Why a child gave no sample. What it had to say is on standard error already.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ChildError {
    /// It could not be started or listened to.
    #[error("the sample's process cannot be run: {0}")]
    Io(#[from] io::Error),
    /// It took too long and was killed.
    #[error("no result within {} s: it hangs", .0.as_secs())]
    Hangs(Duration),
    /// It ended without a result, because its check failed for instance.
    #[error("failed ({0}), see standard error")]
    Failed(String),
}

/// This very binary, whatever has become of its file meanwhile, with hidden arguments.
pub fn own_binary() -> Command {
    Command::new("/proc/self/exe")
}

/// Runs a command and reads its sample.
///
/// # Errors
///
/// If it fails, says nothing that makes sense, or takes longer than `limit`.
pub fn run(mut command: Command, limit: Duration) -> Result<Sample, ChildError> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = match read_to_end(&mut child, limit) {
        Ok(output) => output?,
        Err(hangs) => {
            child.kill()?;
            child.wait()?;
            return Err(hangs);
        }
    };
    let status = child.wait()?;
    if !status.success() {
        return Err(ChildError::Failed(status.to_string()));
    }
    serde_json::from_str(&output).map_err(|_| ChildError::Failed("no result".to_owned()))
}

fn read_to_end(child: &mut Child, limit: Duration) -> Result<io::Result<String>, ChildError> {
    let mut stdout = child.stdout.take().expect("it is piped");
    let (done, output) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.read_to_string(&mut text).map(|_| text);
        // The other end is gone if this came too late.
        let _ = done.send(read);
    });
    output.recv_timeout(limit).map_err(|error| match error {
        RecvTimeoutError::Timeout => ChildError::Hangs(limit),
        RecvTimeoutError::Disconnected => ChildError::Failed("nobody listened".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::{ChildError, run};
    use crate::measure::sample::Sample;
    use std::process::Command;
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_sample_is_read() {
        let said = r#"echo '{"measured":{"figures":[1.5],"external_cpu":0.25}}'"#;
        let sample = run(shell(said), 60 * SECOND).unwrap();
        assert_eq!(sample, Sample::Measured { figures: vec![1.5], external_cpu: 0.25 });
    }

    #[test]
    fn a_failed_check_is_an_error() {
        assert!(matches!(run(shell("exit 101"), 60 * SECOND), Err(ChildError::Failed(_))));
        assert!(matches!(run(shell("echo hello"), 60 * SECOND), Err(ChildError::Failed(_))));
    }

    #[test]
    fn a_hanging_child_is_killed() {
        assert!(matches!(run(shell("exec sleep 600"), SECOND / 10), Err(ChildError::Hangs(_))));
    }
}
