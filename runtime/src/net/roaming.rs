//! A descriptor that outlives the runtimes it waits in.

use super::Attempt;
use super::registered::{Registered, is_shut_down};
use crate::runtime::Handle;
use reactor::Ready;
use std::fmt;
use std::io;
use std::os::fd::AsRawFd;
use std::task::{Context, Poll, ready};

/// A [`Registered`] source with one user, which goes on in the user's current runtime when the one
/// in which it waited has shut down.
pub(crate) struct Roaming<S> {
    /// Somewhere else only while it changes its reactor.
    io: Option<Registered<S>>,
}

impl<S: AsRawFd> Roaming<S> {
    /// A source in non-blocking mode.
    pub(crate) fn new(source: S) -> Self {
        Self { io: Some(Registered::new(source)) }
    }

    /// Tries `operation` until it does not block.
    ///
    /// # Errors
    ///
    /// Those of `operation`. If there is no runtime that is not shut down.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait for the first time.
    pub(crate) fn poll_io<R>(
        &mut self,
        context: &mut Context<'_>,
        interest: impl Into<Ready>,
        mut operation: impl FnMut(&S) -> io::Result<Attempt<R>>,
    ) -> Poll<io::Result<R>> {
        let interest = interest.into();
        match ready!(self.io().poll_io(context, interest, &mut operation)) {
            Err(error) if is_shut_down(&error) && Handle::try_current().is_ok() => {
                self.io = self.io.take().map(|io| Registered::new(io.into_source()));
                self.io().poll_io(context, interest, operation)
            }
            result => Poll::Ready(result),
        }
    }

    fn io(&self) -> &Registered<S> {
        self.io.as_ref().expect("it is put back at once")
    }
}

impl<S: fmt::Debug> fmt::Debug for Roaming<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.fmt(f)
    }
}
