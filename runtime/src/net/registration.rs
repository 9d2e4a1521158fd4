//! A socket's place in some worker's reactor.

use super::attempt::{Attempt, attempt};
use crate::context;
use crate::runtime::Handle;
use crate::task::coop;
use crate::worker::Local;
use mio::Interest;
use mio::unix::SourceFd;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use reactor::{Direction, IoSource, Reactor, ReactorError, ReadyEvent, WaiterKey};
use std::io;
use std::os::fd::AsRawFd;
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

const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// A socket's readiness, and who waits for it. It does not own the socket.
///
/// The socket moves to the reactor of the worker on which its tasks wait for it, once they have
/// done so [`STRAYS_MAX`] times in a row: its events are then found where they are dealt with.
#[derive(Debug)]
pub(super) struct Registration {
    io: Arc<IoSource>,
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
    pub(super) fn new(handle: &Handle, source: &impl AsRawFd) -> io::Result<Self> {
        let worker = handle.shared().reactor_index();
        let reactor = Arc::clone(&handle.shared().remotes[worker].reactor);
        let io = reactor
            .register(&mut SourceFd(&source.as_raw_fd()), BOTH)
            .map_err(|error| if is_closed(&error) { shut_down() } else { error })?;
        Ok(Self {
            io,
            home: Mutex::new(reactor),
            worker: AtomicUsize::new(worker),
            strays: AtomicU8::new(0),
        })
    }

    /// Takes the socket out of its reactor. Whoever still waits is woken.
    pub(super) fn end(&self, source: &impl AsRawFd) {
        // The socket is about to be closed, which does the kernel's part in any case.
        // Those who are woken must not find the lock held.
        let home = Arc::clone(&self.home.lock());
        let _ = home.deregister(&mut SourceFd(&source.as_raw_fd()), &self.io);
    }

    /// A task that this worker polls begins to wait. If that is not where the socket is at home,
    /// and it was so before, the socket moves.
    #[inline]
    fn wait_here(&self, source: &impl AsRawFd) {
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
            self.move_here(source);
        }
    }

    #[cold]
    fn move_here(&self, source: &impl AsRawFd) {
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
        let mut fd = SourceFd(&source.as_raw_fd());
        // If it cannot move, it stays.
        if home.move_to(&reactor, &mut fd, &self.io, BOTH).is_ok() {
            *home = reactor;
            self.worker.store(worker, Ordering::Relaxed);
        }
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
        ready!(coop::poll_turn(context));
        let polled = self.io.poll_ready_at(context, direction, key);
        if polled.is_ready() {
            coop::spend();
        }
        polled
    }

    /// Tries `operation` whenever the socket is ready, until it does not block.
    pub(super) fn poll_io<S: AsRawFd, R>(
        &self,
        context: &mut Context<'_>,
        direction: Direction,
        key: WaiterKey,
        source: &S,
        operation: &mut impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> Poll<io::Result<R>> {
        ready!(coop::poll_turn(context));
        for _ in 0..TRIES_PER_POLL {
            let Poll::Ready(event) = self.io.poll_ready_at(context, direction, key) else {
                self.wait_here(source);
                return Poll::Pending;
            };
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
            self.io.clear_readiness(event);
        }
        result.map(|result| result.map(|attempt| attempt.value))
    }

    #[cfg(test)]
    pub(super) fn reactor(&self) -> Arc<Reactor> {
        Arc::clone(&self.home.lock())
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
