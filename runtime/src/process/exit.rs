//! Waiting for the end of a process.

use crate::net::{Attempt, Roaming};
use crate::signal::unix::{Signal, SignalKind};
use reactor::Direction;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, ExitStatus};
use std::task::{Context, Poll, ready};

/// Tells when it is worth asking whether a process has ended.
#[derive(Debug)]
pub(super) enum Exit {
    /// A descriptor of this one process.
    Descriptor(Roaming<OwnedFd>),
    /// The signal for the end of any process.
    Signal(Signal),
}

impl Exit {
    /// How the end of `child`, which nobody has waited for, is told.
    ///
    /// # Errors
    ///
    /// If the system has no descriptors left.
    pub(super) fn of(child: &Child) -> io::Result<Self> {
        let pid = Pid::from_raw(child.id().cast_signed()).expect("a process has a number");
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(descriptor) => Ok(Self::Descriptor(Roaming::new(descriptor))),
            // An old kernel, or a sandbox.
            Err(_) => Self::by_signal(),
        }
    }

    pub(super) fn by_signal() -> io::Result<Self> {
        Signal::new(SignalKind::child()).map(Self::Signal)
    }

    /// Waits for the end of `child`.
    ///
    /// # Errors
    ///
    /// Whatever the system says. If the runtime has shut down.
    pub(super) fn poll_wait(
        &mut self,
        context: &mut Context<'_>,
        child: &mut Child,
    ) -> Poll<io::Result<ExitStatus>> {
        match self {
            Self::Descriptor(descriptor) => descriptor.poll_io(context, Direction::Read, |_| {
                let status = child.try_wait()?.ok_or(io::ErrorKind::WouldBlock)?;
                Ok(Attempt::more(status))
            }),
            Self::Signal(signal) => loop {
                if let Some(status) = child.try_wait()? {
                    return Poll::Ready(Ok(status));
                }
                // One that came since the look above is still there to be received.
                if ready!(signal.poll_recv(context)).is_none() {
                    return Poll::Ready(Err(io::Error::other("the runtime has shut down")));
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;
    use std::future::poll_fn;
    use std::process::{Command, Stdio};

    #[crate::test]
    async fn without_a_descriptor_the_signal_tells() {
        let mut exits = Vec::new();
        for code in 0..3 {
            let exit = Exit::by_signal().expect("there are descriptors");
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("read line; exit {code}")]).stdin(Stdio::piped());
            exits.push((code, exit, shell.spawn().expect("there is a shell")));
        }
        for (code, exit, child) in &mut exits {
            let stdin = child.stdin.take();
            let mut stdin = Some(stdin);
            let status = poll_fn(|context| {
                let poll = exit.poll_wait(context, child);
                // It ends only now that somebody waits.
                drop(stdin.take());
                poll
            });
            assert_eq!(status.await.expect("it is ours").code(), Some(*code));
        }
    }
}
