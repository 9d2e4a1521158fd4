//! Blocks to be used again.

use super::block::Block;
use primitives::shim::Mutant;
use primitives::shim::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::ptr::{NonNull, null_mut};

/// How many blocks are kept at most: as much as two thousand messages need.
const KEPT_MAX: usize = 64;

/// A stack of empty blocks, linked by `next`. The receiver pushes; one sender at a time pops.
pub(super) struct FreeList<T> {
    top: AtomicPtr<Block<T>>,
    /// How many have been taken, ever.
    taken: AtomicUsize,
}

impl<T> FreeList<T> {
    pub(super) fn new() -> Self {
        Self { top: AtomicPtr::new(null_mut()), taken: AtomicUsize::new(0) }
    }

    /// Whether there was nothing to take a moment ago.
    pub(super) fn is_empty(&self) -> bool {
        // ORDERING: a hint.
        self.top.load(Ordering::Relaxed).is_null()
    }

    /// Keeps a block, or frees it if there are enough. `pushed` is how many have been kept so far.
    ///
    /// # Safety
    ///
    /// For the receiver. Nobody touches the block any more, and there is no message in it.
    pub(super) unsafe fn push(&self, mut block: NonNull<Block<T>>, pushed: &mut usize) {
        // ORDERING: Relaxed; a count that is behind frees a block too many.
        if *pushed - self.taken.load(Ordering::Relaxed) >= KEPT_MAX {
            // SAFETY: the caller's promise.
            return unsafe { Block::free(block) };
        }
        *pushed += 1;
        // SAFETY: the block is ours.
        let this = unsafe { block.as_mut() };
        this.clear();
        // ORDERING: only a guess at what the exchange will find.
        let mut top = self.top.load(Ordering::Relaxed);
        loop {
            // ORDERING: Relaxed; published by the exchange.
            this.next.store(top, Ordering::Relaxed);
            // ORDERING: Release publishes the cleared block to the Acquire in `pop`.
            match self.top.compare_exchange_weak(
                top,
                block.as_ptr(),
                Mutant::ChannelKeepRelease.weaken(Ordering::Release),
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(found) => top = found,
            }
        }
    }

    /// Takes a block.
    ///
    /// # Safety
    ///
    /// By one thread at a time.
    pub(super) unsafe fn pop(&self) -> Option<NonNull<Block<T>>> {
        // ORDERING: Acquire pairs with the Release in `push`, and with that of later ones, which
        // continue its release sequence.
        let mut top = self.top.load(Ordering::Acquire);
        loop {
            let block = NonNull::new(top)?;
            // SAFETY: it is on the stack, and nobody else takes it off.
            // ORDERING: Relaxed; it was read with the top.
            let next = unsafe { block.as_ref() }.next.load(Ordering::Relaxed);
            // ORDERING: Acquire on failure as above.
            match self.top.compare_exchange_weak(top, next, Ordering::Relaxed, Ordering::Acquire) {
                Ok(_) => {
                    // ORDERING: Relaxed; one thread at a time writes, and the count is a hint.
                    let taken = self.taken.load(Ordering::Relaxed);
                    self.taken.store(taken + 1, Ordering::Relaxed);
                    // SAFETY: the block is ours now.
                    // ORDERING: Relaxed; published with the block.
                    unsafe { block.as_ref() }.next.store(null_mut(), Ordering::Relaxed);
                    return Some(block);
                }
                Err(found) => top = found,
            }
        }
    }

    /// Frees all of them.
    ///
    /// # Safety
    ///
    /// Nobody else uses the list.
    pub(super) unsafe fn clear(&self) {
        // SAFETY: the caller's promise.
        while let Some(block) = unsafe { self.pop() } {
            // SAFETY: it has just been taken.
            unsafe { Block::free(block) };
        }
    }
}
