//! Readiness that can be taken back.

use super::{AsyncFd, TryIoError};
use crate::io::Ready;
use reactor::ReadyEvent;
use std::io;
use std::os::fd::AsRawFd;

/// A descriptor was ready when this was made. See [`AsyncFd`].
#[derive(Debug)]
#[must_use = "who finds that an operation would block has to say so to the guard"]
pub struct AsyncFdReadyGuard<'a, T: AsRawFd> {
    pub(super) event: ReadyEvent,
    pub(super) fd: &'a AsyncFd<T>,
}

impl<'a, T: AsRawFd> AsyncFdReadyGuard<'a, T> {
    /// What the descriptor was ready for, as far as that was asked for and not taken back through
    /// this guard.
    pub fn ready(&self) -> Ready {
        self.event.ready().into()
    }

    /// Takes back all the readiness that the guard tells of, unless an event has come since. That a
    /// direction is closed is never taken back.
    pub fn clear_ready(&mut self) {
        take_back(self.fd, &mut self.event, Ready::ALL);
    }

    /// Takes back some of it, as [`clear_ready`](Self::clear_ready).
    pub fn clear_ready_matching(&mut self, ready: Ready) {
        take_back(self.fd, &mut self.event, ready);
    }

    /// Lets the descriptor stay ready: what dropping the guard does, said aloud.
    pub fn retain_ready(&mut self) {}

    /// Calls `operation`, and takes back what the guard tells of if that says
    /// [`WouldBlock`](io::ErrorKind::WouldBlock).
    ///
    /// # Errors
    ///
    /// [`TryIoError`] if it would block. Everything else it says is the result.
    pub fn try_io<R>(
        &mut self,
        operation: impl FnOnce(&AsyncFd<T>) -> io::Result<R>,
    ) -> Result<io::Result<R>, TryIoError> {
        unless_blocked(operation(self.fd)).inspect_err(|_| self.clear_ready())
    }

    /// The descriptor.
    pub fn get_ref(&self) -> &'a AsyncFd<T> {
        self.fd
    }

    /// What the descriptor was made of.
    pub fn get_inner(&self) -> &'a T {
        self.fd.get_ref()
    }
}

/// A descriptor, lent mutably, was ready when this was made. See [`AsyncFd`].
#[derive(Debug)]
#[must_use = "who finds that an operation would block has to say so to the guard"]
pub struct AsyncFdReadyMutGuard<'a, T: AsRawFd> {
    pub(super) event: ReadyEvent,
    pub(super) fd: &'a mut AsyncFd<T>,
}

impl<'a, T: AsRawFd> AsyncFdReadyMutGuard<'a, T> {
    /// What the descriptor was ready for, as far as that was asked for and not taken back through
    /// this guard.
    pub fn ready(&self) -> Ready {
        self.event.ready().into()
    }

    /// Takes back all the readiness that the guard tells of, unless an event has come since. That a
    /// direction is closed is never taken back.
    pub fn clear_ready(&mut self) {
        take_back(self.fd, &mut self.event, Ready::ALL);
    }

    /// Takes back some of it, as [`clear_ready`](Self::clear_ready).
    pub fn clear_ready_matching(&mut self, ready: Ready) {
        take_back(self.fd, &mut self.event, ready);
    }

    /// Lets the descriptor stay ready: what dropping the guard does, said aloud.
    pub fn retain_ready(&mut self) {}

    /// Calls `operation`, and takes back what the guard tells of if that says
    /// [`WouldBlock`](io::ErrorKind::WouldBlock).
    ///
    /// # Errors
    ///
    /// [`TryIoError`] if it would block. Everything else it says is the result.
    pub fn try_io<R>(
        &mut self,
        operation: impl FnOnce(&mut AsyncFd<T>) -> io::Result<R>,
    ) -> Result<io::Result<R>, TryIoError> {
        unless_blocked(operation(self.fd)).inspect_err(|_| self.clear_ready())
    }

    /// The descriptor.
    pub fn get_ref(&self) -> &AsyncFd<T> {
        self.fd
    }

    /// The descriptor.
    pub fn get_mut(&mut self) -> &mut AsyncFd<T> {
        self.fd
    }

    /// What the descriptor was made of.
    pub fn get_inner(&self) -> &T {
        self.fd.get_ref()
    }

    /// What the descriptor was made of.
    pub fn get_inner_mut(&mut self) -> &mut T {
        self.fd.get_mut()
    }
}

/// Takes `ready` back from what `event` told of the descriptor. That a direction is closed stays.
fn take_back<T: AsRawFd>(fd: &AsyncFd<T>, event: &mut ReadyEvent, ready: Ready) {
    fd.io.clear(event.only(ready.into()));
    let closed = Ready::READ_CLOSED | Ready::WRITE_CLOSED;
    *event = event.only((Ready::from(event.ready()) - (ready - closed)).into());
}

/// Whether an operation was worth trying; if not, the descriptor is not as ready as was thought.
fn unless_blocked<R>(result: io::Result<R>) -> Result<io::Result<R>, TryIoError> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(TryIoError(())),
        result => Ok(result),
    }
}
