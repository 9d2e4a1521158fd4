//! What any thread may ask of a reactor: timers, sources, and an end to it all.

use super::Reactor;
use crate::error::ReactorError;
use crate::io_source::IoSource;
use crate::ready::Ready;
use crate::turn::Turn;
use crate::wake::wake_all;
use crate::wheel::{Progress, TimerKey};
use mio::Interest;
use mio::event::Source;
use primitives::Timestamp;
use primitives::shim::atomic::Ordering;
use std::io;
use std::sync::Arc;
use std::task::Waker;

/// Timers.
impl Reactor {
    /// Lets `waker` be woken at `deadline`, or at the next turn if that is past. Any thread.
    ///
    /// Wakes the owner if it sleeps for something later. After [`close`](Self::close) the timer
    /// never fires and its key names nothing.
    ///
    /// # Panics
    ///
    /// If 2^32 - 1 timers are pending.
    #[inline]
    pub fn insert_timer(&self, deadline: Timestamp, waker: Waker) -> TimerKey {
        let inserted = self.timers.insert(deadline, waker);
        if inserted.wakes_owner {
            self.unpark();
        }
        inserted.key
    }

    /// Lets a pending timer wake `waker` in place of whom it would have woken. Any thread.
    ///
    /// False if it is no longer pending: it has fired, was cancelled, or the reactor was closed.
    pub fn update_timer(&self, key: TimerKey, waker: &Waker) -> bool {
        self.timers.update(key, waker)
    }

    /// Cancels a timer. Any thread. False if it was no longer pending.
    #[inline]
    pub fn cancel_timer(&self, key: TimerKey) -> bool {
        // The waker is dropped here, after the lock was released.
        self.take_timer(key).is_some()
    }

    /// Cancels a timer and returns its waker, if it was still pending. Any thread.
    #[inline]
    pub fn take_timer(&self, key: TimerKey) -> Option<Waker> {
        self.timers.cancel(key)
    }

    /// A moment that has passed, and with it every timer that was due then. Any thread; takes no
    /// lock.
    ///
    /// If this is before a timer's deadline after [`insert_timer`](Self::insert_timer) has
    /// returned, then the timer has fired, and its key names nothing, as soon as it no longer is.
    #[inline]
    pub fn expired_through(&self) -> Timestamp {
        self.timers.expired_through()
    }

    /// No timer is due before this; it may be a little early if the earliest one was cancelled.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.timers.next_expiry()
    }

    /// The deadline of the earliest timer, exactly: it takes a look at every timer that may be
    /// the earliest, some thousand at most where many are set for the same milliseconds.
    pub fn earliest_deadline(&self) -> Option<Timestamp> {
        self.timers.earliest_deadline()
    }

    /// How many timers are pending.
    pub fn timer_count(&self) -> usize {
        self.timers.len()
    }
}

/// Sources.
impl Reactor {
    /// Starts to watch `source` for `interest`. Any thread.
    ///
    /// # Errors
    ///
    /// [`ReactorError::Closed`] and [`ReactorError::TooManySources`], and whatever the operating
    /// system reports.
    pub fn register(
        &self,
        source: &mut dyn Source,
        interest: Interest,
    ) -> io::Result<Arc<IoSource>> {
        // The source takes its place first: its first edge may come before `register` returns.
        let io = self.sources.lock().insert()?;
        if let Err(error) = self.registrar.register(source, io.token(), interest) {
            self.sources.lock().remove(io.token(), &io);
            return Err(error);
        }
        // ORDERING: Relaxed, here and below; it only counts.
        self.registered.fetch_add(1, Ordering::Relaxed);
        Ok(io)
    }

    /// How many sources have been registered here.
    pub fn registered_count(&self) -> u64 {
        self.registered.load(Ordering::Relaxed)
    }

    /// How many sources were deregistered here. One that moved counts where it came from when it
    /// was registered, and where it is when it leaves.
    pub fn deregistered_count(&self) -> u64 {
        self.deregistered.load(Ordering::Relaxed)
    }

    /// Moves `source`, which is registered here as `io`, to another reactor, which watches it for
    /// `interest` from now on. Whoever waits for it goes on waiting. Any thread, but one at a time
    /// for each source, [`deregister`](Self::deregister) included.
    ///
    /// No edge is lost: the new driver starts with what the source is ready for when it comes, and
    /// only then does the old one let go of it. It may report one edge twice.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register) of the other reactor; the source then stays here.
    pub fn move_to(
        &self,
        other: &Self,
        source: &mut dyn Source,
        io: &Arc<IoSource>,
        interest: Interest,
    ) -> io::Result<()> {
        let token = other.sources.lock().insert_moving(io)?;
        if let Err(error) = other.registrar.register(source, token, interest) {
            other.sources.lock().remove(token, io);
            return Err(error);
        }
        self.sources.lock().remove(io.token(), io);
        io.set_token(token);
        // If this fails there is nothing to undo: events under the old token reach nobody.
        let _ = self.registrar.deregister(source);
        Ok(())
    }

    /// Stops watching `source`, which was registered as `io`; whoever still waits for it is woken
    /// and finds it [shut down](crate::ReadyEvent::is_shutdown). Any thread, also after
    /// [`close`](Self::close).
    ///
    /// # Errors
    ///
    /// [`ReactorError::NotRegistered`], and whatever the operating system reports; in the latter
    /// case `io` is shut down all the same.
    pub fn deregister(&self, source: &mut dyn Source, io: &IoSource) -> io::Result<()> {
        let mut sources = self.sources.lock();
        let removed = sources.remove(io.token(), io);
        let closed = sources.is_closed();
        drop(sources);
        if removed.is_none() && !closed {
            return Err(ReactorError::NotRegistered.into());
        }
        self.deregistered.fetch_add(1, Ordering::Relaxed);
        let result = self.registrar.deregister(source);
        shut_down(io);
        result
    }
}

/// Shutting down.
impl Reactor {
    /// Ends all waiting: the runtime shuts down. Any thread; a second call does nothing.
    ///
    /// Whoever waits for a source is woken and finds it [shut
    /// down](crate::ReadyEvent::is_shutdown). Whoever waits for a timer is woken as well, *before*
    /// its deadline, and has to ask [`is_closed`](Self::is_closed) before it believes that its time
    /// has come. Nothing can be registered any more, and new timers never fire.
    pub fn close(&self) {
        let sources = self.sources.lock().close();
        for source in &sources {
            shut_down(source);
        }
        self.timers.close();
        let (mut turn, mut wakers) = (Turn::default(), Vec::new());
        // No timer can be added any more, so this ends.
        while self.timers.expire(Timestamp::MAX, &mut wakers, &mut turn) == Progress::More {
            wake_all(&mut wakers, &mut turn);
        }
        wake_all(&mut wakers, &mut turn);
        self.unpark();
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.sources.lock().is_closed()
    }
}

/// Ends all waiting for one source.
fn shut_down(source: &IoSource) {
    let mut wakers = Vec::new();
    source.set_readiness(Ready::SHUTDOWN, &mut wakers);
    wake_all(&mut wakers, &mut Turn::default());
}
