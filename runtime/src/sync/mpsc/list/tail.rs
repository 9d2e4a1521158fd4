//! The senders' end.

use super::block::{AWAITED, Block, END, FULL, SLOTS, Slot};
use super::free_list::FreeList;
use primitives::shim::atomic::{AtomicPtr, AtomicUsize, Ordering};
use primitives::shim::{CachePadded, Mutant, hint, thread};
use std::ptr::NonNull;

/// What the position counts for one block: its slots, and the place between two blocks.
const LAP: usize = SLOTS + 1;

/// How often a sender looks again before it lets the operating system run somebody else.
const SPINS: u32 = 64;

/// Where the next message goes.
pub(crate) struct Tail<T> {
    position: AtomicUsize,
    block: AtomicPtr<Block<T>>,
    pub(super) free: CachePadded<FreeList<T>>,
}

/// Whether the receiver waits for what was just put into the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a receiver that waits has to be woken"]
pub(crate) enum Awaited {
    Yes,
    No,
}

impl<T> Tail<T> {
    pub(super) fn new(first: NonNull<Block<T>>) -> Self {
        Self {
            position: AtomicUsize::new(0),
            block: AtomicPtr::new(first.as_ptr()),
            free: CachePadded::new(FreeList::new()),
        }
    }

    /// Adds a message.
    #[inline]
    pub(crate) fn push(&self, message: T) -> Awaited {
        let slot = self.claim();
        // SAFETY: the slot is claimed, so its block is alive until the state says otherwise, and
        // nobody else writes to it, or reads it before that.
        let slot = unsafe { slot.as_ref() };
        // SAFETY: as above.
        slot.value.with_mut(|value| unsafe { (*value).write(message) });
        Self::publish(slot, FULL)
    }

    /// Says that no message will come after those that are there. Once.
    pub(crate) fn close(&self) -> Awaited {
        let slot = self.claim();
        // SAFETY: as in `push`.
        Self::publish(unsafe { slot.as_ref() }, END)
    }

    #[inline]
    fn publish(slot: &Slot<T>, state: u32) -> Awaited {
        // ORDERING: Release publishes the message (and the link to the next block) to the
        // receiver's Acquire in `pop`. Acquire pairs with the Release of AWAITED: the receiver's
        // waker is in its place.
        match slot.state.swap(state, Mutant::ChannelPublishRelease.weaken(Ordering::AcqRel)) {
            AWAITED => Awaited::Yes,
            _ => Awaited::No,
        }
    }

    /// How many slots have been claimed, ever.
    pub(super) fn claimed(&self) -> usize {
        // ORDERING: Acquire: a message that was sent before the call counts.
        let position = self.position.load(Ordering::Acquire);
        position / LAP * SLOTS + position % LAP
    }

    /// Rule 1.
    #[inline]
    fn claim(&self) -> NonNull<Slot<T>> {
        let mut spare = Spare(None);
        // ORDERING: Acquire pairs with the Release in `install`: whoever sees a position in a
        // block sees that block, or a later one.
        let mut position = self.position.load(Ordering::Acquire);
        let mut spins = 0;
        loop {
            let offset = position % LAP;
            if offset == SLOTS {
                pause(&mut spins);
                // ORDERING: as above.
                position = self.position.load(Ordering::Acquire);
                continue;
            }
            // ORDERING: Acquire pairs with the Release in `install`. Whoever sees a block that is
            // too late for the position sees that the position has moved on, and so fails below.
            let block = self.block.load(Ordering::Acquire);
            if offset + 1 == SLOTS && self.free.is_empty() {
                spare.fill();
            }
            // ORDERING: Relaxed; on success nothing is published or read: the slot's state does
            // that.
            match self.position.compare_exchange_weak(
                position,
                position + 1,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return self.claimed_slot(block, position, offset, spare),
                // ORDERING: as above.
                Err(_) => position = self.position.load(Ordering::Acquire),
            }
        }
    }

    #[inline]
    fn claimed_slot(
        &self,
        block: *mut Block<T>,
        position: usize,
        offset: usize,
        spare: Spare<T>,
    ) -> NonNull<Slot<T>> {
        if offset + 1 == SLOTS {
            self.install(block, position + 2, spare);
        }
        // SAFETY: the block was the tail's when the slot was claimed, and lives on until that slot
        // has been received.
        unsafe { NonNull::from(&(&(*block).slots)[offset]) }
    }

    /// Makes the spare block the tail's.
    fn install(&self, block: *mut Block<T>, position: usize, mut spare: Spare<T>) {
        // SAFETY: nobody else can claim a last slot before the position is moved on below.
        let free = unsafe { self.free.pop() };
        let next = free.or_else(|| spare.0.take()).unwrap_or_else(Block::allocate).as_ptr();
        // ORDERING: Release publishes the empty slots to whoever claims one of them, and the
        // position before that, see `claim`.
        self.block.store(next, Ordering::Release);
        self.position.store(position, Ordering::Release);
        // SAFETY: the last slot of the block is claimed and has not been received.
        // ORDERING: the receiver reads it after the state of that slot, which is set later.
        unsafe { (*block).next.store(next, Ordering::Release) };
    }
}

/// Waits a little for another sender, which is in the middle of `install`.
pub(super) fn pause(spins: &mut u32) {
    if *spins < SPINS {
        *spins += 1;
        hint::spin_loop();
    } else {
        thread::yield_now();
    }
}

/// A block that may be needed: allocated before the last slot is claimed, as nobody can claim
/// anything between that and its being installed.
struct Spare<T>(Option<NonNull<Block<T>>>);

impl<T> Spare<T> {
    fn fill(&mut self) {
        self.0.get_or_insert_with(Block::allocate);
    }
}

impl<T> Drop for Spare<T> {
    fn drop(&mut self) {
        if let Some(block) = self.0 {
            // SAFETY: nobody else has seen it.
            unsafe { Block::free(block) };
        }
    }
}
