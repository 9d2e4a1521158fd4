//! What senders and receiver share.

use super::capacity::{Capacity, Freed};
use super::list::{Awaited, List};
use crate::sync::Notify;
use crate::sync::error::TryAcquireError;
use crate::sync::permits::Permits;
use crate::sync::senders::Senders;
use crate::task::coop;
use primitives::shim::{CachePadded, Mutant, Mutex};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::task::Waker;

/// A channel.
pub(super) struct Chan<T> {
    pub(super) list: List<T>,
    /// In a cache line apart from the list's tail, although both change with every message: that
    /// way one sender can be at the one while another is at the other.
    permits: CachePadded<Permits>,
    freed: Freed,
    max: usize,
    /// Whom to wake for the message that is awaited. Whoever takes it out wakes it, so it cannot
    /// be lost by being taken too early: its owner then comes and leaves it again.
    receiver: Mutex<Option<Waker>>,
    /// Tells senders that the receiver has closed the channel.
    pub(super) closed: Notify,
    pub(super) senders: CachePadded<Senders>,
}

// What a panicking payload leaves behind is a channel with one message less.
impl<T> UnwindSafe for Chan<T> {}
impl<T> RefUnwindSafe for Chan<T> {}

/// Somebody waits for room, of which it may have been given a part.
struct Waiting<'a, T>(&'a Chan<T>);

impl<T> Drop for Waiting<'_, T> {
    fn drop(&mut self) {
        self.0.room_came_back();
    }
}

impl<T> Chan<T> {
    /// A channel with one sender.
    ///
    /// # Panics
    ///
    /// If `capacity` is more than there can be permits.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            list: List::new(),
            permits: CachePadded::new(Permits::new(capacity)),
            freed: Freed::new(),
            max: capacity,
            receiver: Mutex::new(None),
            closed: Notify::new(),
            senders: CachePadded::new(Senders::one()),
        }
    }

    /// The room in the channel.
    #[inline]
    pub(super) fn capacity(&self) -> Capacity<'_> {
        Capacity { permits: &self.permits, freed: &self.freed, max: self.max }
    }

    /// Whether the receiver is gone or has closed the channel.
    pub(super) fn is_closed(&self) -> bool {
        self.permits.is_closed()
    }

    /// Sends, with room that was taken before.
    #[inline]
    pub(super) fn push(&self, message: T) {
        let awaited = self.list.tail().push(message);
        self.wake_receiver_if(awaited);
    }

    #[inline]
    fn wake_receiver_if(&self, awaited: Awaited) {
        if awaited == Awaited::Yes {
            self.wake_receiver();
        }
    }

    #[cold]
    fn wake_receiver(&self) {
        let waker = self.receiver.lock().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The receiver goes.
    pub(super) fn forget_receiver(&self) {
        let waker = self.receiver.lock().take();
        drop(waker);
    }

    /// Lets the receiver be woken by `waker`.
    pub(super) fn set_receiver(&self, waker: &Waker) {
        // Wakers are cloned and dropped outside of the lock.
        if self.receiver.lock().as_ref().is_some_and(|known| known.will_wake(waker)) {
            return;
        }
        let clone = waker.clone();
        let replaced = self.receiver.lock().replace(clone);
        drop(replaced);
    }

    /// Takes room for `n` messages, if it is there.
    #[inline]
    pub(super) fn try_acquire(&self, n: usize) -> Result<(), TryAcquireError> {
        let taken = self.capacity().try_acquire(n);
        if let Err(TryAcquireError::Closed) = taken {
            // It may have moved room to where it was not seen on the way.
            self.room_came_back();
        }
        taken
    }

    /// Waits for room for `n` messages. False if the channel is closed.
    #[inline]
    pub(super) async fn acquire(&self, n: usize) -> bool {
        if coop::is_left() {
            match self.try_acquire(n) {
                Ok(()) => {
                    coop::spend();
                    return true;
                }
                Err(TryAcquireError::Closed) => return false,
                Err(TryAcquireError::NoPermits) => {}
            }
        }
        let _waiting = Waiting(self);
        self.capacity().wait(n).await
    }

    /// Gives back room that was taken and is not used.
    pub(super) fn release(&self, n: usize) {
        self.permits.release(n);
        self.room_came_back();
    }

    /// The receiver of a closed channel waits for all room to come back: then nobody is left who
    /// could send.
    fn room_came_back(&self) {
        if self.is_closed() && self.is_idle() {
            self.wake_receiver();
        }
    }

    /// Whether there are neither messages nor permits to send one, for one who has just given room
    /// back or left its waker: of two who ask at once, one is told.
    pub(super) fn is_idle(&self) -> bool {
        // ORDERING: pairs with itself on the other side. Either the sender, which has given back
        // its permit, sees what the receiver has freed, or the receiver sees the permit.
        Mutant::ChannelIdleFence.fence();
        self.capacity().is_idle()
    }

    /// Lets senders fail from now on.
    pub(super) fn close(&self) {
        self.permits.close();
        self.closed.notify_waiters();
    }

    /// Waits until the receiver is gone or has closed the channel.
    pub(super) async fn closed(&self) {
        self.closed.notified_until(|| self.is_closed()).await;
    }

    /// The last sender to go says that there will be no more messages.
    pub(super) fn remove_sender(&self) {
        if self.senders.remove() {
            let awaited = self.list.tail().close();
            self.wake_receiver_if(awaited);
        }
    }
}
