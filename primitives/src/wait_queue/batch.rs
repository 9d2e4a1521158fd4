//! Wakers on their way out of a lock.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::Waker;

use super::WaitQueue;

/// A bounded number of wakers that are woken when the lock is released.
pub(super) struct WakeBatch {
    wakers: [Option<Waker>; WakeBatch::SIZE],
    len: usize,
    first_panic: Option<Box<dyn Any + Send>>,
}

impl<S, D> WaitQueue<S, D> {
    /// How many wakers are woken at most between two times that the lock is held: the bound of
    /// what waking takes from the stack, and of how long the others wait for the lock.
    pub const WAKE_BATCH: usize = WakeBatch::SIZE;
}

impl WakeBatch {
    #[cfg(not(loom))]
    const SIZE: usize = 32;
    /// Two waiters more make a second batch.
    #[cfg(loom)]
    const SIZE: usize = 2;

    pub(super) fn new() -> Self {
        Self { wakers: [const { None }; Self::SIZE], len: 0, first_panic: None }
    }

    pub(super) fn is_full(&self) -> bool {
        self.len == Self::SIZE
    }

    /// # Panics
    ///
    /// If it is full.
    pub(super) fn push(&mut self, waker: Waker) {
        self.wakers[self.len] = Some(waker);
        self.len += 1;
    }

    /// Wakes all, in order. No lock may be held.
    pub(super) fn wake_all(&mut self) {
        for waker in self.wakers[..self.len].iter_mut().filter_map(Option::take) {
            // A panicking waker must not keep the others from being woken.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
                match self.first_panic {
                    None => self.first_panic = Some(payload),
                    // Its drop may panic as well, and one panic can be reported only.
                    Some(_) => std::mem::forget(payload),
                }
            }
        }
        self.len = 0;
    }

    /// Passes on the first panic there was.
    pub(super) fn finish(self) {
        if let Some(payload) = self.first_panic {
            resume_unwind(payload);
        }
    }
}
