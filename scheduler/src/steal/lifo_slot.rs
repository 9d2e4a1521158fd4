//! The slot for the task that was woken last.

use super::Word;
use primitives::shim::Mutant;
use primitives::shim::atomic::{AtomicPtr, Ordering};
use std::marker::PhantomData;
use std::ptr;

/// One place for the most recently woken task, whose data is still in the cache.
///
/// Only the owner puts; owner and thieves take. A thief should take only from an owner that makes
/// no progress, or it tears apart the very pairs the slot is there to keep together.
#[derive(Debug)]
pub struct LifoSlot<T: Word> {
    word: AtomicPtr<()>,
    owns: PhantomData<T>,
}

// SAFETY: a shared slot only moves values in and out, and every Word is Send.
unsafe impl<T: Word> Sync for LifoSlot<T> {}

impl<T: Word> Default for LifoSlot<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Word> LifoSlot<T> {
    /// An empty slot.
    pub fn new() -> Self {
        Self { word: AtomicPtr::new(ptr::null_mut()), owns: PhantomData }
    }

    /// Stores `item` and gives back what it displaced.
    #[inline]
    pub fn put(&self, item: T) -> Option<T> {
        // ORDERING: Release publishes the item to the Acquire in `take`; Acquire pairs with the
        // Release of the `put` whose item is displaced.
        let order = Mutant::LifoPutRelease.weaken(Ordering::AcqRel);
        let old = self.word.swap(item.into_word(), order);
        Self::own(old)
    }

    /// Takes the item, if there is one.
    #[inline]
    pub fn take(&self) -> Option<T> {
        if self.is_empty() {
            return None;
        }
        if Mutant::LifoTakeTwice.is_active() {
            let word = self.word.load(Ordering::Acquire);
            self.word.store(ptr::null_mut(), Ordering::Relaxed);
            return Self::own(word);
        }
        // ORDERING: Acquire pairs with the Release in `put`.
        Self::own(self.word.swap(ptr::null_mut(), Ordering::Acquire))
    }

    /// Whether the slot was empty a moment ago.
    #[inline]
    pub fn is_empty(&self) -> bool {
        // ORDERING: a hint; `take` decides.
        self.word.load(Ordering::Relaxed).is_null()
    }

    fn own(word: *mut ()) -> Option<T> {
        // SAFETY: a word that is not null came from `into_word` in `put`, and the swap that
        // brought it here is the only one that could have.
        (!word.is_null()).then(|| unsafe { T::from_word(word) })
    }
}

impl<T: Word> Drop for LifoSlot<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
