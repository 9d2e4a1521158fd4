//! Running one sample in a process of its own.

use super::interrupt::Interrupt;
use super::sample::Sample;
use signal_hook::consts::SIGINT;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};
use thiserror::Error;

/// How soon an interrupt is noticed.
const LOOK: Duration = Duration::from_millis(50);

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
    /// Somebody has asked for an end, so it was killed.
    #[error("interrupted")]
    Interrupted,
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
/// If it fails, says nothing that makes sense, takes longer than `limit`, or is interrupted.
pub fn run(
    mut command: Command,
    limit: Duration,
    interrupt: &Interrupt,
) -> Result<Sample, ChildError> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = match read_to_end(&mut child, limit, interrupt) {
        Ok(output) => output?,
        Err(error) => {
            child.kill()?;
            child.wait()?;
            return Err(error);
        }
    };
    let status = child.wait()?;
    // A terminal sends it to all processes in it, and the child may be the first to go.
    if status.signal() == Some(SIGINT) {
        interrupt.ask();
        return Err(ChildError::Interrupted);
    }
    if !status.success() {
        return Err(ChildError::Failed(status.to_string()));
    }
    serde_json::from_str(&output).map_err(|_| ChildError::Failed("no result".to_owned()))
}

fn read_to_end(
    child: &mut Child,
    limit: Duration,
    interrupt: &Interrupt,
) -> Result<io::Result<String>, ChildError> {
    let mut stdout = child.stdout.take().expect("it is piped");
    let (done, output) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.read_to_string(&mut text).map(|_| text);
        // The other end is gone if this came too late.
        let _ = done.send(read);
    });
    let start = Instant::now();
    loop {
        let left = limit.saturating_sub(start.elapsed());
        match output.recv_timeout(left.min(LOOK)) {
            Ok(output) => return Ok(output),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(ChildError::Failed("nobody listened".to_owned()));
            }
            Err(RecvTimeoutError::Timeout) if interrupt.is_asked() => {
                return Err(ChildError::Interrupted);
            }
            Err(RecvTimeoutError::Timeout) if left <= LOOK => return Err(ChildError::Hangs(limit)),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChildError, Interrupt};
    use crate::measure::sample::Sample;
    use std::process::Command;
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    fn run(script: &str, limit: Duration) -> Result<Sample, ChildError> {
        interrupted(script, limit, &Interrupt::default())
    }

    fn interrupted(script: &str, limit: Duration, it: &Interrupt) -> Result<Sample, ChildError> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        super::run(command, limit, it)
    }

    #[test]
    fn a_sample_is_read() {
        let said = r#"echo '{"measured":{"figures":[1.5],"external_cpu":0.25}}'"#;
        let sample = run(said, 60 * SECOND).unwrap();
        assert_eq!(sample, Sample::Measured { figures: vec![1.5], external_cpu: 0.25 });
    }

    #[test]
    fn a_failed_check_is_an_error() {
        assert!(matches!(run("exit 101", 60 * SECOND), Err(ChildError::Failed(_))));
        assert!(matches!(run("echo hello", 60 * SECOND), Err(ChildError::Failed(_))));
    }

    #[test]
    fn a_hanging_child_is_killed() {
        assert!(matches!(run("exec sleep 600", SECOND / 10), Err(ChildError::Hangs(_))));
    }

    #[test]
    fn an_interrupt_ends_the_child() {
        let interrupt = Interrupt::default();
        interrupt.ask();
        let ended = interrupted("exec sleep 600", 600 * SECOND, &interrupt);
        assert!(matches!(ended, Err(ChildError::Interrupted)));
    }

    #[test]
    fn a_child_that_is_interrupted_first_is_an_interrupt() {
        let interrupt = Interrupt::default();
        let ended = interrupted("kill -INT $$", 60 * SECOND, &interrupt);
        assert!(matches!(ended, Err(ChildError::Interrupted)));
        assert!(interrupt.is_asked(), "the others are not started");
    }
}
