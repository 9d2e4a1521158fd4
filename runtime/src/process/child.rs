//! A process that was started.

use super::exit::Exit;
use super::orphan;
use super::stdio::{ChildStderr, ChildStdin, ChildStdout};
use crate::try_join;
use futures_io::AsyncRead;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::process::{self, ExitStatus, Output};
use std::task::{Context, Poll, ready};

/// So much is read at once of what a child writes.
const CHUNK: usize = 8 * 1024;

/// A process that was started, running or not.
///
/// Dropping it lets the process run on, unless [`kill_on_drop`](super::Command::kill_on_drop) says
/// otherwise; [the module](super) says who takes note of its end then.
///
/// # Examples
///
/// ```
/// use futures_lite::{AsyncReadExt, AsyncWriteExt};
/// use graph_runtime::process::Command;
/// use std::process::Stdio;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
/// let (mut stdin, mut stdout) = (cat.stdin.take().unwrap(), cat.stdout.take().unwrap());
/// stdin.write_all(b"and back").await?;
/// drop(stdin);
/// let mut echo = String::new();
/// stdout.read_to_string(&mut echo).await?;
/// assert_eq!(echo, "and back");
/// assert!(cat.wait().await?.success());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Child {
    state: State,
    /// What it reads, if that is a pipe and was not taken.
    pub stdin: Option<ChildStdin>,
    /// What it writes, if that is a pipe and was not taken.
    pub stdout: Option<ChildStdout>,
    /// What it complains of, if that is a pipe and was not taken.
    pub stderr: Option<ChildStderr>,
}

#[derive(Debug)]
enum State {
    Running(Running),
    /// Somebody has waited for it, and its number may belong to another process by now.
    Ended(ExitStatus),
}

/// A process that nobody has seen end.
#[derive(Debug)]
struct Running {
    /// There until this is dropped.
    process: Option<(process::Child, Exit)>,
    kill_on_drop: bool,
}

impl Running {
    fn process(&mut self) -> &mut (process::Child, Exit) {
        self.process.as_mut().expect("there until it is dropped")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some((mut child, exit)) = self.process.take() else { return };
        if self.kill_on_drop {
            // If it cannot be killed it runs on.
            let _ = child.kill();
        }
        orphan::adopt(child, exit);
    }
}

impl Child {
    /// Takes over a process of the standard library. If that fails, it is killed.
    pub(super) fn new(mut child: process::Child, kill_on_drop: bool) -> io::Result<Self> {
        match Self::watched(&mut child) {
            Ok((exit, stdin, stdout, stderr)) => {
                let running = Running { process: Some((child, exit)), kill_on_drop };
                Ok(Self { state: State::Running(running), stdin, stdout, stderr })
            }
            Err(error) => {
                // There is nothing left with which to wait for it, other than this.
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "the four parts are told apart by their types")]
    fn watched(
        child: &mut process::Child,
    ) -> io::Result<(Exit, Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>)> {
        Ok((
            Exit::of(child)?,
            child.stdin.take().map(ChildStdin::from_std).transpose()?,
            child.stdout.take().map(ChildStdout::from_std).transpose()?,
            child.stderr.take().map(ChildStderr::from_std).transpose()?,
        ))
    }

    /// The number of the process; `None` once somebody has waited for its end.
    pub fn id(&self) -> Option<u32> {
        match &self.state {
            State::Running(running) => running.process.as_ref().map(|(child, _)| child.id()),
            State::Ended(_) => None,
        }
    }

    /// Waits for the end of the process. What it reads ends first, or both would wait for each
    /// other; take [`stdin`](Self::stdin) out to prevent that.
    ///
    /// # Errors
    ///
    /// Whatever the system says. If the runtime has shut down.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait for the first time.
    ///
    /// # Cancel safety
    ///
    /// Its end is not lost if the future is dropped: wait again. It may be asked again after its
    /// end as well.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        drop(self.stdin.take());
        poll_fn(|context| self.poll_wait(context)).await
    }

    fn poll_wait(&mut self, context: &mut Context<'_>) -> Poll<io::Result<ExitStatus>> {
        let status = match &mut self.state {
            State::Ended(status) => *status,
            State::Running(running) => {
                let (child, exit) = running.process();
                ready!(exit.poll_wait(context, child))?
            }
        };
        self.end(status);
        Poll::Ready(Ok(status))
    }

    /// Whether the process has ended, without waiting. [`stdin`](Self::stdin) is left as it is.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        let status = match &mut self.state {
            State::Ended(status) => Some(*status),
            State::Running(running) => running.process().0.try_wait()?,
        };
        status.into_iter().for_each(|status| self.end(status));
        Ok(status)
    }

    fn end(&mut self, status: ExitStatus) {
        if let State::Running(running) = &mut self.state {
            // Nothing is left to be done for it.
            drop(running.process.take());
            self.state = State::Ended(status);
        }
    }

    /// Asks the system to end the process, without waiting for that.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if somebody has waited for its end already, and whatever the
    /// system says.
    pub fn start_kill(&mut self) -> io::Result<()> {
        match &mut self.state {
            State::Running(running) => running.process().0.kill(),
            State::Ended(_) => {
                let message = "the process has ended already";
                Err(io::Error::new(io::ErrorKind::InvalidInput, message))
            }
        }
    }

    /// Ends the process and waits for that.
    ///
    /// # Errors
    ///
    /// As [`start_kill`](Self::start_kill) and [`wait`](Self::wait).
    ///
    /// # Panics
    ///
    /// As `wait`.
    ///
    /// # Cancel safety
    ///
    /// It ends even if the future is dropped after it was polled.
    pub async fn kill(&mut self) -> io::Result<()> {
        self.start_kill()?;
        self.wait().await.map(drop)
    }

    /// Waits for the end of the process and reads, meanwhile, all that it writes to pipes that were
    /// not taken. What it reads ends first.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait), and if reading fails.
    ///
    /// # Panics
    ///
    /// As `wait`.
    ///
    /// # Cancel safety
    ///
    /// The process is dropped with the future, and what was read is lost.
    ///
    /// # Examples
    ///
    /// See [`Command::output`](super::Command::output).
    pub async fn wait_with_output(mut self) -> io::Result<Output> {
        let (stdout, stderr) = (self.stdout.take(), self.stderr.take());
        let (status, stdout, stderr) =
            try_join!(self.wait(), read_to_end(stdout), read_to_end(stderr))?;
        Ok(Output { status, stdout, stderr })
    }
}

/// All that comes out of a pipe, if there is one.
async fn read_to_end(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let Some(mut pipe) = pipe else { return Ok(bytes) };
    loop {
        let end = bytes.len();
        bytes.resize(end + CHUNK, 0);
        let read =
            poll_fn(|context| Pin::new(&mut pipe).poll_read(context, &mut bytes[end..])).await?;
        bytes.truncate(end + read);
        if read == 0 {
            return Ok(bytes);
        }
    }
}
