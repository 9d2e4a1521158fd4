//! A socket's place in some worker's reactor.

use super::attempt::{Attempt, attempt};
use super::waiters::{Key, Waiters};
use crate::runtime::Handle;
use mio::Interest;
use mio::unix::SourceFd;
use reactor::{Direction, IoSource, Reactor, ReactorError, ReadyEvent};
use std::io;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

/// How often one poll tries an operation. Each further try needs an event that arrived during the
/// one before, so this is reached only by a socket that reports readiness it does not have; the
/// task then lets others run before it goes on.
const TRIES_PER_POLL: usize = 16;

/// A socket's readiness, and who waits for it. It does not own the socket.
#[derive(Debug)]
pub(super) struct Registration {
    reactor: Arc<Reactor>,
    io: Arc<IoSource>,
    read: Side,
    write: Side,
}

/// One direction.
#[derive(Debug)]
struct Side {
    waiters: Arc<Waiters>,
    /// Wakes all of them.
    waker: Waker,
}

impl Side {
    fn new() -> Self {
        let waiters = Arc::new(Waiters::default());
        Self { waker: Waker::from(Arc::clone(&waiters)), waiters }
    }
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
        Ok(Self { reactor, io, read: Side::new(), write: Side::new() })
    }

    /// Takes the socket out of its reactor. Whoever still waits is woken.
    pub(super) fn end(&self, source: &impl AsRawFd) {
        // The socket is about to be closed, which does the kernel's part in any case.
        let _ = self.reactor.deregister(&mut SourceFd(&source.as_raw_fd()), &self.io);
    }

    fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    /// Who waits for `direction`.
    pub(super) fn waiters(&self, direction: Direction) -> &Waiters {
        &self.side(direction).waiters
    }

    /// Whether the socket is known to be ready now.
    pub(super) fn ready_now(&self, direction: Direction) -> Option<ReadyEvent> {
        // Leaving the common waker with the reactor does no harm: whoever waits has it there too.
        let mut context = Context::from_waker(&self.side(direction).waker);
        match self.io.poll_ready(&mut context, direction) {
            Poll::Ready(event) => Some(event),
            Poll::Pending => None,
        }
    }

    /// Waits until the socket is ready, shut down included.
    pub(super) fn poll_ready(
        &self,
        context: &mut Context<'_>,
        direction: Direction,
        key: Key,
    ) -> Poll<ReadyEvent> {
        if let Some(event) = self.ready_now(direction) {
            return Poll::Ready(event);
        }
        let waiters = self.waiters(direction);
        waiters.put(key, context.waker());
        // An event before `put` woke the others only, so the question is asked once more.
        match self.ready_now(direction) {
            Some(event) => {
                waiters.remove(key);
                Poll::Ready(event)
            }
            None => Poll::Pending,
        }
    }

    /// Tries `operation` whenever the socket is ready, until it does not block.
    pub(super) fn poll_io<S, R>(
        &self,
        context: &mut Context<'_>,
        direction: Direction,
        key: Key,
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

/// Why an operation that has to wait cannot.
pub(super) fn shut_down() -> io::Error {
    io::Error::other(ReactorError::Closed)
}

fn is_closed(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ReactorError>());
    inner.is_some_and(ReactorError::is_closed)
}
