//! A descriptor's place in some worker's reactor.

use super::attempt::{Attempt, attempt};
use crate::context;
use crate::runtime::Handle;
use crate::task::coop;
use crate::worker::Local;
use mio::Interest;
use mio::unix::SourceFd;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use reactor::{IoSource, Reactor, ReactorError, Ready, ReadyEvent, WaiterKey};
use std::io;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::task::{Context, Poll, ready};

/// How often one poll tries an operation. Each further try needs an event that arrived during the
/// one before, so this is reached only by a socket that reports readiness it does not have; the
/// task then lets others run before it goes on.
const TRIES_PER_POLL: usize = 16;

/// After so many waits in a row on another worker the next one moves the socket there: a task that
/// was stolen once should not take its socket along, for that costs two system calls.
const STRAYS_MAX: u8 = 4;

/// What a stream is watched for.
pub(super) const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// A socket's readiness, and who waits for it. It does not own the socket, which must be open for
/// as long as this lives; dropping this takes the socket out of its reactor.
///
/// The socket moves to the reactor of the worker on which its tasks wait for it, once they have
/// done so [`STRAYS_MAX`] times in a row: its events are then found where they are dealt with.
#[derive(Debug)]
pub(super) struct Registration {
    io: Arc<IoSource>,
    fd: RawFd,
    /// What it is watched for.
    interest: Interest,
    /// The reactor that watches the socket.
    home: Mutex<Arc<Reactor>>,
    /// The number of the home's worker. A hint, for a look without the lock.
    worker: AtomicUsize,
    /// Waits in a row on another worker. A hint: two tasks that wait at once may count as one.
    strays: AtomicU8,
}

impl Registration {
    /// Registers a socket with the reactor of the current worker, or one of the runtime's.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down, and whatever the system says.
    pub(super) fn new(handle: &Handle, fd: RawFd, interest: Interest) -> io::Result<Self> {
        let worker = handle.shared().reactor_index();
        let reactor = Arc::clone(&handle.shared().remotes[worker].reactor);
        let io = reactor
            .register(&mut SourceFd(&fd), interest)
            .map_err(|error| if is_closed(&error) { shut_down() } else { error })?;
        Ok(Self {
            io,
            fd,
            interest,
            home: Mutex::new(reactor),
            worker: AtomicUsize::new(worker),
            strays: AtomicU8::new(0),
        })
    }

    /// A task that this worker polls begins to wait. If that is not where the socket is at home,
    /// and it was so before, the socket moves.
    #[inline]
    fn wait_here(&self) {
        // ORDERING: Relaxed, here and below; see the fields.
        let home = self.worker.load(Ordering::Relaxed);
        let here = context::with_any_worker(|local| local.map(Local::socket_home));
        let strays = self.strays.load(Ordering::Relaxed);
        if here.is_none_or(|here| here == home) {
            if strays > 0 {
                self.strays.store(0, Ordering::Relaxed);
            }
        } else if strays < STRAYS_MAX {
            self.strays.store(strays + 1, Ordering::Relaxed);
        } else {
            self.strays.store(0, Ordering::Relaxed);
            self.move_here();
        }
    }

    #[cold]
    fn move_here(&self) {
        let Some(mut home) = self.home.try_lock() else { return };
        let old = self.worker.load(Ordering::Relaxed);
        let target = context::with_any_worker(|local| {
            let local = local?;
            // Another runtime's worker may be polling the task.
            let is_ours = Arc::ptr_eq(local.reactor(old)?, &home);
            let here = local.socket_home();
            is_ours.then(|| (here, Arc::clone(local.reactor(here).expect("a worker's number"))))
        });
        let Some((worker, reactor)) = target else { return };
        // If it cannot move, it stays.
        let mut fd = SourceFd(&self.fd);
        if home.move_to(&reactor, &mut fd, &self.io, self.interest).is_ok() {
            *home = reactor;
            self.worker.store(worker, Ordering::Relaxed);
        }
    }

    /// A place of one's own among those who wait for `interest`, until the guard is dropped.
    pub(super) fn place(&self, interest: Ready) -> Place<'_> {
        Place { io: &self.io, interest, key: self.io.new_place() }
    }

    /// What of `interest` the socket is known to be ready for now.
    pub(super) fn ready_now(&self, interest: Ready) -> Option<ReadyEvent> {
        self.io.ready(interest)
    }

    /// Waits until the socket is ready for something of `interest`, shut down included.
    pub(super) fn poll_ready(
        &self,
        context: &mut Context<'_>,
        interest: Ready,
        key: WaiterKey,
    ) -> Poll<ReadyEvent> {
        ready!(coop::poll_turn(context));
        let event = ready!(self.wait(context, interest, key));
        coop::spend();
        Poll::Ready(event)
    }

    fn wait(&self, context: &mut Context<'_>, interest: Ready, key: WaiterKey) -> Poll<ReadyEvent> {
        let poll = self.io.poll_ready_at(context, interest, key);
        if poll.is_pending() {
            coop::wait_for(coop::Resource::Socket);
            self.wait_here();
        }
        poll
    }

    /// Takes back what `event` told of, unless another event has come since.
    pub(super) fn clear(&self, event: ReadyEvent) {
        self.io.clear_readiness(event);
    }

    /// Tries `operation` whenever the socket is ready for something of `interest`, until it does
    /// not block.
    pub(super) fn poll_io<S, R>(
        &self,
        context: &mut Context<'_>,
        interest: Ready,
        key: WaiterKey,
        source: &S,
        operation: &mut impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> Poll<io::Result<R>> {
        ready!(coop::poll_turn(context));
        for _ in 0..TRIES_PER_POLL {
            let event = ready!(self.wait(context, interest, key));
            match self.try_at(event, source, operation) {
                None if event.is_shutdown() => return Poll::Ready(Err(shut_down())),
                None => {}
                Some(result) => {
                    coop::spend();
                    return Poll::Ready(result);
                }
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
            self.clear(event);
        }
        result.map(|result| result.map(|attempt| attempt.value))
    }

    #[cfg(test)]
    pub(super) fn reactor(&self) -> Arc<Reactor> {
        Arc::clone(&self.home.lock())
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // The socket is about to be closed, which does the kernel's part in any case. Those who are
        // woken must not find the lock held.
        let home = Arc::clone(&self.home.lock());
        let _ = home.deregister(&mut SourceFd(&self.fd), &self.io);
    }
}

/// A waiter's own place; leaves it when dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    io: &'a IoSource,
    interest: Ready,
    key: WaiterKey,
}

impl Place<'_> {
    pub(super) fn key(&self) -> WaiterKey {
        self.key
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.io.leave(self.interest, self.key);
    }
}

/// Why an operation that has to wait cannot.
pub(super) fn shut_down() -> io::Error {
    io::Error::other(ReactorError::Closed)
}

/// Whether an operation failed for that reason.
pub(super) fn is_closed(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ReactorError>());
    inner.is_some_and(ReactorError::is_closed)
}
