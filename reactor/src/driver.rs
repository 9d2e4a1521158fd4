//! The seam between the reactor and the operating system.

use crate::ready::Ready;
use mio::event::Source;
use mio::{Interest, Token};
use primitives::Timestamp;
use std::io;
use std::sync::Arc;

/// Waits for events. One thread at a time, under the reactor's driver lock.
///
/// [`MioDriver`](crate::MioDriver) asks the kernel. A deterministic stand-in needs no file
/// descriptor: it returns the events its script says, and moves its virtual clock to the deadline
/// where the kernel would have slept.
pub trait Driver: Send {
    /// The part that works from any thread, even while another one is in [`wait`](Self::wait).
    fn registrar(&self) -> Arc<dyn Registrar>;

    /// Waits until a source is ready, [`Registrar::wake`] is called or `limit` is reached, and
    /// appends what became ready to `events`.
    ///
    /// It may return early and with nothing. A wake that nobody was waiting for is not lost: it
    /// ends the next wait.
    ///
    /// # Errors
    ///
    /// Whatever the operating system reports. [`io::ErrorKind::Interrupted`] counts as an empty
    /// wait; any other error is fatal to the reactor, because a worker that cannot wait cannot
    /// work.
    fn wait(&mut self, limit: WaitLimit, events: &mut Vec<Readiness>) -> io::Result<()>;

    /// The reactor's clock has been stopped, set forward or resumed: deadlines on it are further
    /// away or nearer now than they were in earlier waits.
    fn clock_changed(&mut self) {}
}

/// Registers sources and ends waits. Any thread.
pub trait Registrar: Send + Sync {
    /// Starts to report the readiness of `source` under `token`, once per edge.
    ///
    /// # Errors
    ///
    /// Whatever the operating system reports.
    fn register(&self, source: &mut dyn Source, token: Token, interest: Interest)
    -> io::Result<()>;

    /// Stops reporting `source`. Events that are already on their way may still arrive.
    ///
    /// # Errors
    ///
    /// Whatever the operating system reports.
    fn deregister(&self, source: &mut dyn Source) -> io::Result<()>;

    /// Ends the current [`Driver::wait`], or the next one if there is none.
    ///
    /// # Errors
    ///
    /// Whatever the operating system reports.
    fn wake(&self) -> io::Result<()>;
}

/// How long a [`Driver`] may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitLimit {
    /// Not at all: report what is ready now.
    Zero,
    /// Until `deadline`, which is later than `now`. Both are on the reactor's clock; `now` was
    /// read just before the call, so a driver may start a relative timer.
    Until {
        /// The time before the wait.
        now: Timestamp,
        /// The time to return at.
        deadline: Timestamp,
    },
    /// For ever.
    Unlimited,
}

impl WaitLimit {
    /// How long to wait for `deadline`. The clock is read only if there is one.
    pub(crate) fn until(deadline: Option<Timestamp>, clock: &dyn Fn() -> Timestamp) -> Self {
        let Some(deadline) = deadline else {
            return Self::Unlimited;
        };
        let now = clock();
        if now < deadline { Self::Until { now, deadline } } else { Self::Zero }
    }
}

/// One event: what the source registered under `token` became ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The token that [`Registrar::register`] was given.
    pub token: Token,
    /// What it is ready for now.
    pub ready: Ready,
}
