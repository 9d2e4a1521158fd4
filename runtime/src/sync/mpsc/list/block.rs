//! Some slots in one allocation.

use primitives::shim::atomic::{AtomicPtr, AtomicU32, Ordering};
use primitives::shim::{MODEL_BLOCK_SLOTS, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Nothing is there, and nobody waits.
pub(super) const EMPTY: u32 = 0;
/// Nothing is there, and the receiver waits.
pub(super) const AWAITED: u32 = 1;
/// A message is there.
pub(super) const FULL: u32 = 2;
/// No message will come, here or later.
pub(super) const END: u32 = 3;

/// Messages in a block. With the position that stands between two blocks that makes 32.
pub(super) const SLOTS: usize = MODEL_BLOCK_SLOTS;

/// Room for a message.
pub(super) struct Slot<T> {
    pub(super) state: AtomicU32,
    pub(super) value: UnsafeCell<MaybeUninit<T>>,
}

/// A link of the chain.
pub(super) struct Block<T> {
    pub(super) slots: [Slot<T>; SLOTS],
    pub(super) next: AtomicPtr<Block<T>>,
}

impl<T> Block<T> {
    /// A block of empty slots, to be freed with [`free`](Self::free).
    pub(super) fn allocate() -> NonNull<Self> {
        let empty = |_| Slot {
            state: AtomicU32::new(EMPTY),
            value: UnsafeCell::new(MaybeUninit::uninit()),
        };
        let block =
            Self { slots: std::array::from_fn(empty), next: AtomicPtr::new(std::ptr::null_mut()) };
        NonNull::from(Box::leak(Box::new(block)))
    }

    /// Makes its slots empty, whatever they were.
    pub(super) fn clear(&self) {
        for slot in &self.slots {
            // ORDERING: Relaxed; published with the block.
            slot.state.store(EMPTY, Ordering::Relaxed);
        }
    }

    /// Frees it, without the messages in it.
    ///
    /// # Safety
    ///
    /// It came from [`allocate`](Self::allocate), and nobody touches it any more.
    pub(super) unsafe fn free(this: NonNull<Self>) {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(this.as_ptr()) });
    }
}
