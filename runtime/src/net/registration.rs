//! A socket's place in some worker's reactor.

use super::attempt::{Attempt, attempt};
use crate::runtime::Handle;
use mio::Interest;
use mio::unix::SourceFd;
use reactor::{Direction, IoSource, Reactor, ReactorError, ReadyEvent, WaiterKey};
use std::io;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// How often one poll tries an operation. Each further try needs an event that arrived during the
/// one before, so this is reached only by a socket that reports readiness it does not have; the
/// task then lets others run before it goes on.
const TRIES_PER_POLL: usize = 16;

/// A socket's readiness, and who waits for it. It does not own the socket.
#[derive(Debug)]
pub(super) struct Registration {
    reactor: Arc<Reactor>,
    io: Arc<IoSource>,
}

impl Registration {
    /// Registers a socket with the reactor of the current worker, or one of the runtime's.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down, and whatever the system says.
    pub(super) fn new(handle: &Handle, source: &impl AsRawFd) -> io::Result<Self> {
        let reactor = Arc::clone(handle.shared().reactor());
        let interest = Interest::READABLE | Interest::WRITABLE;
        let io = reactor
            .register(&mut SourceFd(&source.as_raw_fd()), interest)
            .map_err(|error| if is_closed(&error) { shut_down() } else { error })?;
        Ok(Self { reactor, io })
    }

    /// Takes the socket out of its reactor. Whoever still waits is woken.
    pub(super) fn end(&self, source: &impl AsRawFd) {
        // The socket is about to be closed, which does the kernel's part in any case.
        let _ = self.reactor.deregister(&mut SourceFd(&source.as_raw_fd()), &self.io);
    }

    /// A place of one's own among those who wait for `direction`, until the guard is dropped.
    pub(super) fn place(&self, direction: Direction) -> Place<'_> {
        Place { io: &self.io, direction, key: self.io.new_place() }
    }

    /// Whether the socket is known to be ready now.
    pub(super) fn ready_now(&self, direction: Direction) -> Option<ReadyEvent> {
        self.io.ready(direction)
    }

    /// Waits until the socket is ready, shut down included.
    pub(super) fn poll_ready(
        &self,
        context: &mut Context<'_>,
        direction: Direction,
        key: WaiterKey,
    ) -> Poll<ReadyEvent> {
        self.io.poll_ready_at(context, direction, key)
    }

    /// Tries `operation` whenever the socket is ready, until it does not block.
    pub(super) fn poll_io<S, R>(
        &self,
        context: &mut Context<'_>,
        direction: Direction,
        key: WaiterKey,
        source: &S,
        operation: &mut impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> Poll<io::Result<R>> {
        for _ in 0..TRIES_PER_POLL {
            let event = ready!(self.poll_ready(context, direction, key));
            match self.try_at(event, source, operation) {
                None if event.is_shutdown() => return Poll::Ready(Err(shut_down())),
                None => {}
                Some(result) => return Poll::Ready(result),
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Tries `operation` once, and takes back the readiness that `event` told of if that is used
    /// up. `None` if the operation would block.
    pub(super) fn try_at<S, R>(
        &self,
        event: ReadyEvent,
        source: &S,
        operation: &mut impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> Option<io::Result<R>> {
        let result = attempt(source, operation);
        if matches!(result, None | Some(Ok(Attempt { drained: true, .. }))) {
            self.io.clear_readiness(event);
        }
        result.map(|result| result.map(|attempt| attempt.value))
    }

    #[cfg(test)]
    pub(super) fn reactor(&self) -> &Arc<Reactor> {
        &self.reactor
    }
}

/// A waiter's own place; leaves it when dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    io: &'a IoSource,
    direction: Direction,
    key: WaiterKey,
}

impl Place<'_> {
    pub(super) fn key(&self) -> WaiterKey {
        self.key
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.io.leave(self.direction, self.key);
    }
}

/// Why an operation that has to wait cannot.
pub(super) fn shut_down() -> io::Error {
    io::Error::other(ReactorError::Closed)
}

fn is_closed(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ReactorError>());
    inner.is_some_and(ReactorError::is_closed)
}
