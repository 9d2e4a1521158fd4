//! The driver that asks the kernel.

use crate::driver::{Driver, Readiness, Registrar, WaitLimit};
use crate::ready::Ready;
use crate::timerfd::TimerFd;
use mio::event::{Event, Source};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use primitives::Timestamp;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// The two tokens that are not a source's; no slab index reaches them.
const WAKE: Token = Token(usize::MAX);
const TIMER: Token = Token(usize::MAX - 1);

/// Events fetched by one system call. What does not fit is reported by the next one.
const EVENTS_PER_WAIT: usize = 1024;

/// A [`Driver`] on a [`mio::Poll`], with a timerfd for deadlines.
///
/// The timerfd is armed lazily. It stays armed for the earliest deadline anyone waited for, even
/// if that timer is cancelled: a server whose every request sets and cancels a five-second timeout
/// then pays one idle wake-up every five seconds and not one system call per request.
#[derive(Debug)]
pub struct MioDriver {
    poll: Poll,
    events: Events,
    timer: TimerFd,
    /// When the timerfd expires; `None` if it is not armed or its expiry has been seen.
    armed: Option<Timestamp>,
    registrar: Arc<MioRegistrar>,
}

/// The part of a [`MioDriver`] that every thread may use.
#[derive(Debug)]
struct MioRegistrar {
    registry: Registry,
    waker: Waker,
}

impl MioDriver {
    /// Opens the poller, its waker and the timer: four file descriptors in all.
    ///
    /// # Errors
    ///
    /// If the operating system has no descriptors left.
    pub fn new() -> io::Result<Self> {
        Self::with_events(EVENTS_PER_WAIT)
    }

    /// As [`new`](Self::new), but fetches so many events by one system call.
    ///
    /// # Errors
    ///
    /// As `new`.
    pub fn with_events(events_per_wait: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let timer = TimerFd::new()?;
        poll.registry().register(&mut SourceFd(&timer.as_raw_fd()), TIMER, Interest::READABLE)?;
        let registry = poll.registry().try_clone()?;
        let registrar = Arc::new(MioRegistrar { registry, waker });
        Ok(Self {
            poll,
            events: Events::with_capacity(events_per_wait),
            timer,
            armed: None,
            registrar,
        })
    }

    /// Makes sure that the timerfd ends a wait at `deadline` or earlier.
    fn arm(&mut self, now: Timestamp, deadline: Timestamp) -> io::Result<()> {
        // An expiry in the past may or may not have been reported yet; arming again takes it back.
        if self.armed.is_some_and(|armed| now < armed && armed <= deadline) {
            return Ok(());
        }
        self.timer.arm(deadline - now)?;
        self.armed = Some(deadline);
        Ok(())
    }
}

impl Driver for MioDriver {
    fn registrar(&self) -> Arc<dyn Registrar> {
        Arc::clone(&self.registrar) as Arc<dyn Registrar>
    }

    fn wait(&mut self, limit: WaitLimit, events: &mut Vec<Readiness>) -> io::Result<()> {
        let timeout = match limit {
            WaitLimit::Zero => Some(Duration::ZERO),
            WaitLimit::Until { now, deadline } => {
                self.arm(now, deadline)?;
                None
            }
            WaitLimit::Unlimited => None,
        };
        self.poll.poll(&mut self.events, timeout)?;
        for event in &self.events {
            match event.token() {
                WAKE => {}
                TIMER => self.armed = None,
                token => events.push(Readiness { token, ready: ready_of(event) }),
            }
        }
        Ok(())
    }

    fn clock_changed(&mut self) {
        self.armed = None;
    }
}

impl Registrar for MioRegistrar {
    fn register(
        &self,
        source: &mut dyn Source,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.registry.register(source, token, interest)
    }

    fn deregister(&self, source: &mut dyn Source) -> io::Result<()> {
        self.registry.deregister(source)
    }

    fn wake(&self) -> io::Result<()> {
        self.waker.wake()
    }
}

/// Translates mio's event. An error makes the source ready for both directions as well.
fn ready_of(event: &Event) -> Ready {
    let mut ready = Ready::NONE;
    if event.is_readable() || event.is_error() {
        ready |= Ready::READABLE;
    }
    if event.is_writable() || event.is_error() {
        ready |= Ready::WRITABLE;
    }
    if event.is_read_closed() {
        ready |= Ready::READ_CLOSED;
    }
    if event.is_write_closed() {
        ready |= Ready::WRITE_CLOSED;
    }
    if event.is_priority() {
        ready |= Ready::PRIORITY;
    }
    if event.is_error() {
        ready |= Ready::ERROR;
    }
    ready
}
