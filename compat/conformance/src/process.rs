//! A child process that does not outlive its time, nor its children.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How often a child is looked at.
const STEP: Duration = Duration::from_millis(20);

/// What became of a child.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) is_success: bool,
    pub(crate) is_out_of_time: bool,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) took: Duration,
}

/// Runs `command` for at most `limit`, then kills it with all that it started.
pub(crate) fn run(command: &mut Command, limit: Duration) -> io::Result<Ended> {
    let started = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn()?;
    let out = collect(child.stdout.take());
    let err = collect(child.stderr.take());
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if started.elapsed() >= limit {
            kill(&mut child)?;
            break None;
        }
        thread::sleep(STEP);
    };
    // Whom a test left behind holds the pipes open, and is nobody's any more.
    kill(&mut child)?;
    let text = |bytes: mpsc::Receiver<Vec<u8>>| {
        let bytes = bytes.recv().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Ok(Ended {
        is_success: status.is_some_and(|status| status.success()),
        is_out_of_time: status.is_none(),
        out: text(out),
        err: text(err),
        took: started.elapsed(),
    })
}

/// Kills the child's process group; that there is none any more is fine.
fn kill(child: &mut Child) -> io::Result<()> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        match kill_process_group(group, Signal::KILL) {
            Ok(()) | Err(rustix::io::Errno::SRCH | rustix::io::Errno::PERM) => {}
            Err(error) => return Err(error.into()),
        }
    }
    child.wait().map(drop)
}

/// Reads a pipe to its end on a thread, so that the child never waits for us.
fn collect(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is what there is.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        let _ = sender.send(bytes);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard() {
        let mut command = Command::new("sh");
        let ended =
            run(command.args(["-c", "echo out; echo err >&2; exit 3"]), STEP * 500).unwrap();
        assert_eq!((ended.out.as_str(), ended.err.as_str()), ("out\n", "err\n"));
        assert!(!ended.is_success && !ended.is_out_of_time);
    }

    #[test]
    fn who_takes_too_long_is_stopped_with_its_children() {
        let mut command = Command::new("sh");
        let ended = run(command.args(["-c", "echo a; sleep 600 & sleep 600"]), STEP * 10).unwrap();
        assert!(ended.is_out_of_time && !ended.is_success);
        assert_eq!(ended.out, "a\n");
        assert!(ended.took < Duration::from_secs(60));
    }
}
