//! What sender and receiver share.
//!
//! ```text
//!   word:  │ SENDER_WAITS │ RECEIVER_WAITS │ CLOSED │ COMPLETE │
//! ```
//!
//! # Rules
//!
//! 1. COMPLETE is set by the sender, once, when it has sent or goes without; only if CLOSED is
//!    clear. *The value*: the sender's until COMPLETE is set, the receiver's from then on.
//! 2. CLOSED is set by the receiver, once.
//! 3. *An end's waker*: its own while its bit WAITS is clear. While the bit is set nobody writes;
//!    the other end may read it if it has just set COMPLETE or CLOSED and found the bit set.
//! 4. An end takes its bit back to change its waker. If it finds then that the other one is done
//!    it leaves the waker alone, which the other one may be reading.

use primitives::shim::atomic::{AtomicU32, Ordering};
use primitives::shim::{Mutant, UnsafeCell};
use std::task::{Poll, Waker};

pub(super) const COMPLETE: u32 = 0b0001;
pub(super) const CLOSED: u32 = 0b0010;
const RECEIVER_WAITS: u32 = 0b0100;
const SENDER_WAITS: u32 = 0b1000;

pub(super) struct Inner<T> {
    word: AtomicU32,
    value: UnsafeCell<Option<T>>,
    receiver: UnsafeCell<Option<Waker>>,
    sender: UnsafeCell<Option<Waker>>,
}

// SAFETY: the value moves from one thread to another; wakers are Send and Sync. Who touches what,
// and when, is in the rules.
unsafe impl<T: Send> Sync for Inner<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Inner<T> {}

/// One end's view of waiting for the other.
struct Side<'a> {
    word: &'a AtomicU32,
    waker: &'a UnsafeCell<Option<Waker>>,
    /// This end waits.
    waits: u32,
    /// The other end is done.
    done: u32,
}

impl<T> Inner<T> {
    pub(super) fn new() -> Self {
        Self {
            word: AtomicU32::new(0),
            value: UnsafeCell::new(None),
            receiver: UnsafeCell::new(None),
            sender: UnsafeCell::new(None),
        }
    }

    /// The word. Whoever sees COMPLETE sees the value.
    pub(super) fn load(&self) -> u32 {
        // ORDERING: Acquire pairs with the Release of COMPLETE and CLOSED.
        self.word.load(Ordering::Acquire)
    }

    fn receiver_side(&self) -> Side<'_> {
        let (word, waker) = (&self.word, &self.receiver);
        Side { word, waker, waits: RECEIVER_WAITS, done: COMPLETE }
    }

    fn sender_side(&self) -> Side<'_> {
        Side { word: &self.word, waker: &self.sender, waits: SENDER_WAITS, done: CLOSED }
    }

    /// The sender sends, if the channel is open; otherwise the value comes back.
    ///
    /// # Safety
    ///
    /// For the sender, which has not completed before.
    pub(super) unsafe fn send(&self, value: T) -> Result<(), T> {
        // SAFETY: rule 1, COMPLETE is not set yet.
        self.value.with_mut(|slot| unsafe { *slot = Some(value) });
        // SAFETY: the caller's promise.
        if unsafe { self.complete() } {
            return Ok(());
        }
        // SAFETY: rule 1, COMPLETE will not be set any more.
        let value = self.value.with_mut(|slot| unsafe { (*slot).take() });
        Err(value.expect("it was put there a moment ago"))
    }

    /// The sender is done. False if the channel was closed before.
    ///
    /// # Safety
    ///
    /// For the sender, which has not completed before.
    pub(super) unsafe fn complete(&self) -> bool {
        // ORDERING: only a guess at what the exchange will find.
        let mut word = self.word.load(Ordering::Relaxed);
        while word & CLOSED == 0 {
            // ORDERING: Release publishes the value; Acquire pairs with the Release of
            // RECEIVER_WAITS, which publishes the waker.
            match self.word.compare_exchange_weak(
                word,
                word | COMPLETE,
                Mutant::OneshotCompleteRelease.weaken(Ordering::AcqRel),
                Ordering::Relaxed,
            ) {
                Ok(_) => {
                    if word & RECEIVER_WAITS != 0 {
                        // SAFETY: rule 3, COMPLETE has just been set.
                        unsafe { self.receiver_side().wake() };
                    }
                    return true;
                }
                Err(found) => word = found,
            }
        }
        false
    }

    /// The receiver does not want a value that has not been sent yet.
    ///
    /// # Safety
    ///
    /// For the receiver.
    pub(super) unsafe fn close(&self) {
        // ORDERING: Release publishes to the sender what came before; Acquire pairs with the
        // Release of SENDER_WAITS, and of COMPLETE.
        let word = self.word.fetch_or(CLOSED, Ordering::AcqRel);
        // A sender that is done waits for nothing, and one that knows has been woken.
        if word & (SENDER_WAITS | COMPLETE | CLOSED) == SENDER_WAITS {
            // SAFETY: rule 3, CLOSED has just been set.
            unsafe { self.sender_side().wake() };
        }
    }

    /// The value, if one was sent and not taken yet.
    ///
    /// # Safety
    ///
    /// For the receiver, after it has seen COMPLETE.
    pub(super) unsafe fn take(&self) -> Option<T> {
        // SAFETY: rule 1.
        self.value.with_mut(|slot| unsafe { (*slot).take() })
    }

    /// Whether there is a value.
    ///
    /// # Safety
    ///
    /// For the receiver, after it has seen COMPLETE.
    pub(super) unsafe fn has_value(&self) -> bool {
        // SAFETY: rule 1.
        self.value.with(|slot| unsafe { (*slot).is_some() })
    }

    /// Waits for COMPLETE.
    ///
    /// # Safety
    ///
    /// For the receiver, by one thread at a time.
    pub(super) unsafe fn poll_complete(&self, waker: &Waker) -> Poll<()> {
        // SAFETY: the caller's promise.
        unsafe { self.receiver_side().poll(waker) }
    }

    /// Waits for CLOSED.
    ///
    /// # Safety
    ///
    /// For the sender, which has not completed, by one thread at a time.
    pub(super) unsafe fn poll_closed(&self, waker: &Waker) -> Poll<()> {
        // SAFETY: the caller's promise.
        unsafe { self.sender_side().poll(waker) }
    }
}

impl Side<'_> {
    /// # Safety
    ///
    /// For the other end, by rule 3.
    unsafe fn wake(&self) {
        self.waker.with(|waker| {
            // SAFETY: the caller's promise.
            if let Some(waker) = unsafe { &*waker } {
                waker.wake_by_ref();
            }
        });
    }

    /// # Safety
    ///
    /// For this end, by one thread at a time.
    unsafe fn poll(&self, waker: &Waker) -> Poll<()> {
        // ORDERING: Acquire as in `Inner::load`.
        let word = self.word.load(Ordering::Acquire);
        if word & self.done != 0 {
            return Poll::Ready(());
        }
        if word & self.waits != 0 {
            // SAFETY: rule 3, nobody writes.
            let known = self.waker.with(|it| unsafe { &*it }.as_ref().unwrap().will_wake(waker));
            if known {
                return Poll::Pending;
            }
            // ORDERING: Acquire as above; Release is not needed, nothing is published.
            let word = self.word.fetch_and(!self.waits, Ordering::AcqRel);
            if word & self.done != 0 && !Mutant::OneshotWakerRace.is_active() {
                return Poll::Ready(());
            }
        }
        let clone = waker.clone();
        // SAFETY: rules 3 and 4: the bit is clear, and was taken back before the other was done.
        let replaced = self.waker.with_mut(|it| unsafe { (*it).replace(clone) });
        // ORDERING: Release publishes the waker, Acquire as above.
        let order = Mutant::OneshotWaitRelease.weaken(Ordering::AcqRel);
        let word = self.word.fetch_or(self.waits, order);
        drop(replaced);
        if word & self.done != 0 { Poll::Ready(()) } else { Poll::Pending }
    }
}
