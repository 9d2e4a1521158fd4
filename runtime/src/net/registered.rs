//! A descriptor that is registered when somebody first has to wait for it.

use super::attempt::{Attempt, attempt};
use super::registration::{BOTH, Registration, is_closed, shut_down};
use crate::runtime::Handle;
use crate::task::coop;
use mio::Interest;
use primitives::shim::Mutex;
use reactor::{Ready, ReadyEvent, WaiterKey};
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};

/// Owns a non-blocking source and its place in a reactor.
///
/// ```text
///   new ──(1)──► unregistered ──(2)──► registered with one reactor, for good ──(3)──► gone
///                   └─────────────────────────────(3)─────────────────────────────────┘
/// ```
///
/// 1. `new`: no system call. Operations are tried at once.
/// 2. Somebody has to wait: `registration`, once, with the reactor of the worker that is polling.
///    From here on an operation is tried only while the source is known to be ready.
/// 3. `drop` or `into_source`: deregistered, if it was registered, then closed or given away.
///
/// The source is registered by its descriptor and not as a [`mio::event::Source`], because that
/// takes it exclusively, and other tasks may be using it at that moment.
pub(crate) struct Registered<S> {
    /// Above the source, to be dropped before it.
    registration: OnceLock<Registration>,
    /// The runtime in which it was made, until it is registered. Held while registering: two tasks
    /// that find they must wait register it once.
    origin: Mutex<Option<Handle>>,
    source: S,
}

impl<S> Registered<S> {
    /// A source that is not registered. It must be in non-blocking mode. It belongs to the current
    /// runtime, if there is one.
    pub(crate) fn new(source: S) -> Self {
        Self::of(Handle::try_current().ok(), source)
    }

    fn of(origin: Option<Handle>, source: S) -> Self {
        Self { registration: OnceLock::new(), origin: Mutex::new(origin), source }
    }

    /// The source.
    pub(crate) fn source(&self) -> &S {
        &self.source
    }

    /// The source, which must stay open under the same descriptor.
    pub(crate) fn source_mut(&mut self) -> &mut S {
        &mut self.source
    }

    /// Gives the source away; its reactor no longer watches it.
    pub(crate) fn into_source(self) -> S {
        let Self { registration, source, .. } = self;
        drop(registration);
        source
    }

    /// The reactor it is registered with, if it is.
    #[cfg(test)]
    pub(crate) fn reactor(&self) -> Option<std::sync::Arc<reactor::Reactor>> {
        self.registration.get().map(Registration::reactor)
    }
}

impl<S: AsRawFd> Registered<S> {
    /// A source that is registered at once, and watched for `interest` only.
    ///
    /// # Errors
    ///
    /// The source comes back if the runtime has shut down, or the system cannot watch it.
    pub(crate) fn at_once(
        handle: &Handle,
        source: S,
        interest: Interest,
    ) -> Result<Self, (S, io::Error)> {
        match Registration::new(handle, source.as_raw_fd(), interest) {
            Ok(registration) => {
                let registered = Self::of(None, source);
                // Nobody else can have been faster.
                let _ = registered.registration.set(registration);
                Ok(registered)
            }
            Err(error) => Err((source, error)),
        }
    }

    /// The place in a reactor, taken now if there is none yet.
    ///
    /// # Panics
    ///
    /// If there is none yet, outside a runtime.
    #[track_caller]
    fn registration(&self) -> io::Result<&Registration> {
        if let Some(registration) = self.registration.get() {
            return Ok(registration);
        }
        let current = Handle::try_current();
        let mut origin = self.origin.lock();
        if let Some(registration) = self.registration.get() {
            return Ok(registration);
        }
        let handle = match (&current, &*origin) {
            (_, Some(origin)) if origin.shared().is_closing() => return Err(shut_down()),
            (Ok(current), _) => current,
            (Err(_), Some(origin)) => origin,
            (Err(error), None) => panic!("{error}"),
        };
        let registration = Registration::new(handle, self.source.as_raw_fd(), BOTH)?;
        let registration = self.registration.get_or_init(|| registration);
        // The last handle of a runtime drops what there is left of it: not under the lock.
        let left_behind = origin.take();
        drop(origin);
        drop(left_behind);
        Ok(registration)
    }

    /// The operation's result if nothing is known of the source's readiness and it does not block.
    fn try_unregistered<R>(
        &self,
        operation: &mut impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> Option<io::Result<R>> {
        if self.registration.get().is_some() {
            return None;
        }
        attempt(&self.source, operation).map(|result| result.map(|attempt| attempt.value))
    }

    /// Tries `operation` until it does not block. The last task that called this for an interest
    /// is woken; another one is no longer.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait and is not registered.
    #[track_caller]
    pub(crate) fn poll_io<R>(
        &self,
        context: &mut Context<'_>,
        interest: impl Into<Ready>,
        mut operation: impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> Poll<io::Result<R>> {
        ready!(coop::poll_turn(context));
        if let Some(result) = self.try_unregistered(&mut operation) {
            coop::spend();
            return Poll::Ready(result);
        }
        let registration = self.registration()?;
        let key = WaiterKey::SHARED;
        registration.poll_io(context, interest.into(), key, &self.source, &mut operation)
    }

    /// Tries `operation` until it does not block. Any number of tasks may do so at once.
    ///
    /// # Panics
    ///
    /// As [`poll_io`](Self::poll_io).
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, `operation` has not succeeded.
    pub(crate) async fn io<R>(
        &self,
        interest: impl Into<Ready>,
        mut operation: impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> io::Result<R> {
        coop::turn().await;
        if let Some(result) = self.try_unregistered(&mut operation) {
            coop::spend();
            return result;
        }
        let interest = interest.into();
        let registration = self.registration()?;
        let place = registration.place(interest);
        poll_fn(|context| {
            registration.poll_io(context, interest, place.key(), &self.source, &mut operation)
        })
        .await
    }

    /// Tries `operation` once, or again if a signal interrupts it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`], and those of `operation`.
    pub(crate) fn try_io<R>(
        &self,
        interest: impl Into<Ready>,
        mut operation: impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> io::Result<R> {
        let registration = self.registration.get();
        let event = registration.and_then(|registration| registration.ready_now(interest.into()));
        let result = match (registration, event) {
            (Some(registration), Some(event)) => {
                registration.try_at(event, &self.source, &mut operation)
            }
            // The reactor may not have had its turn yet, so it is tried all the same.
            _ => attempt(&self.source, &mut operation).map(|result| result.map(|done| done.value)),
        };
        result.unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
    }

    /// Calls `operation` once, unless it is known that it would block.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`], and those of `operation`.
    pub(crate) fn try_once<R>(
        &self,
        interest: impl Into<Ready>,
        operation: impl FnOnce(&S) -> io::Result<R>,
    ) -> io::Result<R> {
        let Some(registration) = self.registration.get() else {
            return operation(&self.source);
        };
        let event = registration.ready_now(interest.into()).ok_or(io::ErrorKind::WouldBlock)?;
        let result = operation(&self.source);
        if result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
            registration.clear(event);
        }
        result
    }

    /// Waits until an operation is worth trying. Any number of tasks may do so at once.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it is not registered.
    // Not an `async fn`: waiting needs no source, which may be one that threads must not share.
    pub(crate) fn ready(
        &self,
        interest: impl Into<Ready>,
    ) -> impl Future<Output = io::Result<ReadyEvent>> {
        let interest = interest.into();
        let registration = self.registration();
        async move {
            let registration = registration?;
            let place = registration.place(interest);
            let event =
                poll_fn(|context| registration.poll_ready(context, interest, place.key())).await;
            if event.is_shutdown() { Err(shut_down()) } else { Ok(event) }
        }
    }

    /// [`ready`](Self::ready) for the last task that called this for an interest.
    #[track_caller]
    pub(crate) fn poll_ready(
        &self,
        context: &mut Context<'_>,
        interest: impl Into<Ready>,
    ) -> Poll<io::Result<ReadyEvent>> {
        let registration = self.registration()?;
        let event = ready!(registration.poll_ready(context, interest.into(), WaiterKey::SHARED));
        Poll::Ready(if event.is_shutdown() { Err(shut_down()) } else { Ok(event) })
    }

    /// What of `interest` it is known to be ready for now.
    pub(crate) fn ready_now(&self, interest: impl Into<Ready>) -> Option<ReadyEvent> {
        self.registration.get()?.ready_now(interest.into())
    }

    /// Takes back what `event` told of, unless another event has come since.
    pub(crate) fn clear(&self, event: ReadyEvent) {
        if let Some(registration) = self.registration.get() {
            registration.clear(event);
        }
    }
}

/// Whether an operation failed because the runtime it had to wait in has shut down.
pub(crate) fn is_shut_down(error: &io::Error) -> bool {
    is_closed(error)
}

impl<S: fmt::Debug> fmt::Debug for Registered<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

#[cfg(test)]
mod tests;
