//! How many more messages fit.
//!
//! Room is counted in two places, so that senders and receiver do not fight over one: the senders'
//! [`Permits`], and what the receiver has *freed*, a count of its own.
//!
//! ```text
//!   freed:  │ messages received, and not yet given back to the permits │ WANTED │
//! ```
//!
//! # Protocol
//!
//! 1. A sender takes a permit. If there is none it *reclaims*: it empties the receiver's count and
//!    gives that many permits back, first to those who wait. So up to a whole channel of room
//!    changes hands at once.
//! 2. If there is none after that, it gets in the permits' queue, and *then* sets WANTED in the
//!    receiver's count. If that exchange finds that something was freed meanwhile, it reclaims
//!    again. If not, the receiver's next exchange finds WANTED.
//! 3. The receiver adds what it frees. If it finds WANTED it takes the count, and gives it to
//!    those who wait. WANTED is set again if somebody still does.
//!
//! Senders are served in the order in which they came: a permit goes past the queue only while it
//! is empty. And no room is kept back: the first message that is received from a full channel wakes
//! the first sender that waits. By the time it runs there is usually room for many, which it and
//! the others then take without another switch of tasks.

use crate::sync::error::TryAcquireError;
use crate::sync::permits::Permits;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use primitives::shim::{CachePadded, Mutant};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

const WANTED: usize = 1;
const ONE: usize = 2;

/// What the receiver has freed.
pub(super) struct Freed(CachePadded<AtomicUsize>);

impl Freed {
    pub(super) fn new() -> Self {
        Self(CachePadded::new(AtomicUsize::new(0)))
    }
}

/// The room in a channel: a view of its parts, which stand where they cost least.
#[derive(Clone, Copy)]
pub(super) struct Capacity<'a> {
    pub(super) permits: &'a Permits,
    pub(super) freed: &'a Freed,
    pub(super) max: usize,
}

impl Capacity<'_> {
    /// How many messages fit at this moment.
    pub(super) fn available(self) -> usize {
        // In this order: what is on its way from the one to the other is missed, not counted twice.
        let permits = self.permits.available();
        // ORDERING: Acquire pairs with the Release of the exchanges of `freed`.
        let freed = self.freed.0.load(Ordering::Acquire) / ONE;
        (permits + freed).min(self.max)
    }

    /// Whether there are neither messages nor permits to send one.
    pub(super) fn is_idle(self) -> bool {
        self.available() == self.max
    }

    /// Takes room for `n` messages, if it is there.
    #[inline]
    pub(super) fn try_acquire(self, n: usize) -> Result<(), TryAcquireError> {
        match self.permits.try_acquire(n) {
            Err(TryAcquireError::NoPermits) if self.reclaim() => self.permits.try_acquire(n),
            result => result,
        }
    }

    /// Rule 2: waits for room for `n` messages. False if the channel is closed.
    pub(super) async fn wait(self, n: usize) -> bool {
        let mut acquire = pin!(self.permits.wait(n));
        poll_fn(|context| {
            let polled = acquire.as_mut().poll(context);
            if polled.is_ready() {
                return polled;
            }
            // ORDERING: Release publishes that there is somebody in the queue to the receiver's
            // Acquire in `give_back`. Acquire, as `reclaim` is about to.
            let freed = self.freed.0.fetch_or(WANTED, Ordering::AcqRel) / ONE;
            if freed > 0 && !Mutant::CapacityParkBlindly.is_active() && self.reclaim() {
                return acquire.as_mut().poll(context);
            }
            Poll::Pending
        })
        .await
        .is_ok()
    }

    /// Rule 1: gives the senders what the receiver has freed. False if that is nothing.
    fn reclaim(self) -> bool {
        // ORDERING: a look whether it is worth an exchange. What was received before this call
        // (in the sense of happening before) is seen.
        if self.freed.0.load(Ordering::Relaxed) / ONE == 0 {
            return false;
        }
        // ORDERING: Acquire pairs with the Release in `give_back`: the slots have been emptied.
        let freed = self.freed.0.fetch_and(WANTED, Ordering::AcqRel) / ONE;
        self.permits.release(freed);
        true
    }

    /// Rule 3, for `n` messages that have been received.
    #[inline]
    pub(super) fn give_back(self, n: usize) {
        // ORDERING: Release publishes that the messages were received. Acquire pairs with the
        // Release of WANTED.
        if self.freed.0.fetch_add(n * ONE, Ordering::AcqRel) & WANTED != 0 {
            self.serve();
        }
    }

    #[cold]
    fn serve(self) {
        // ORDERING: as in `give_back`, for a sender that has set WANTED since.
        let freed = self.freed.0.swap(0, Ordering::AcqRel) / ONE;
        self.permits.release(freed);
        if self.permits.has_waiters() && !Mutant::CapacityServeOnce.is_active() {
            // Only the receiver adds to the count, so there is nothing in it to come back for.
            // ORDERING: WANTED is for this thread itself.
            self.freed.0.fetch_or(WANTED, Ordering::Relaxed);
        }
    }
}
