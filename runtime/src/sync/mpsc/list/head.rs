//! The receiver's end.

use super::block::{AWAITED, Block, EMPTY, END, FULL, SLOTS, Slot};
use super::tail::{Tail, pause};
use primitives::shim::Mutant;
use primitives::shim::atomic::Ordering;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Where the next message comes from.
pub(crate) struct Head<T> {
    block: NonNull<Block<T>>,
    offset: usize,
    /// Messages received, ever.
    received: usize,
    /// Blocks put on the free list, ever.
    recycled: usize,
}

/// What was at the head.
#[derive(Debug)]
pub(crate) enum Popped<T> {
    Message(T),
    /// Nothing yet.
    Empty,
    /// No message will come.
    End,
}

impl<T> Head<T> {
    pub(super) fn new(first: NonNull<Block<T>>) -> Self {
        Self { block: first, offset: 0, received: 0, recycled: 0 }
    }

    #[inline]
    fn slot(&self) -> &Slot<T> {
        // SAFETY: the head's block is freed by the head only, when it has used it up.
        unsafe { &self.block.as_ref().slots[self.offset] }
    }

    /// Takes the next message, if it is there. `tail` is the other end of the same list.
    #[inline]
    pub(crate) fn pop(&mut self, tail: &Tail<T>) -> Popped<T> {
        // ORDERING: Acquire pairs with the Release in `Tail::publish`.
        match self.slot().state.load(Mutant::ChannelPopAcquire.weaken(Ordering::Acquire)) {
            FULL => {}
            END => return Popped::End,
            _ => return Popped::Empty,
        }
        // SAFETY: it is FULL, so the message was written before and nobody writes any more; and
        // it is taken once, as the head moves on.
        let message = self.slot().value.with_mut(|value| unsafe { take(value) });
        self.received += 1;
        self.offset += 1;
        if self.offset == SLOTS {
            self.next_block(tail);
        }
        Popped::Message(message)
    }

    fn next_block(&mut self, tail: &Tail<T>) {
        let used_up = self.block;
        // SAFETY: the block is the head's.
        // ORDERING: the last slot's state was read with Acquire; the link was set before it.
        let next = unsafe { used_up.as_ref() }.next.load(Ordering::Relaxed);
        self.block = NonNull::new(next).expect("linked before its last slot was full");
        self.offset = 0;
        // SAFETY: all its slots have been received, so nobody touches it any more (rule 3).
        unsafe { tail.free.push(used_up, &mut self.recycled) };
    }

    /// Asks to be woken by whoever fills the next slot, for which the waker must be in its place.
    /// False if that has happened already.
    pub(crate) fn await_next(&mut self) -> bool {
        if Mutant::ChannelAwaitBlindly.is_active() {
            // ORDERING: wrong on purpose.
            return self.slot().state.load(Ordering::Relaxed) < FULL;
        }
        // ORDERING: Release publishes the waker to the sender that finds AWAITED. The message is
        // read by `pop`.
        let asked = self.slot().state.compare_exchange(
            EMPTY,
            AWAITED,
            Ordering::Release,
            Ordering::Relaxed,
        );
        matches!(asked, Ok(_) | Err(AWAITED))
    }

    /// How many messages are in the list, counting those that are just being sent, and the end.
    pub(crate) fn len(&self, tail: &Tail<T>) -> usize {
        tail.claimed().saturating_sub(self.received)
    }

    /// Waits, spinning, until the next slot is filled if it has been claimed: another sender may
    /// have filled a later one already. That takes as long as moving the message does, unless the
    /// operating system stops the sender in the middle of it.
    pub(crate) fn settle(&self, tail: &Tail<T>) {
        let mut spins = 0;
        // ORDERING: the message is read by `pop`.
        while self.len(tail) > 0 && self.slot().state.load(Ordering::Relaxed) < FULL {
            pause(&mut spins);
        }
    }

    /// Frees what is left of the chain.
    ///
    /// # Safety
    ///
    /// Nobody touches the list any more. Messages in it leak.
    pub(super) unsafe fn free_blocks(&mut self) {
        let mut block = Some(self.block);
        while let Some(this) = block {
            // SAFETY: the chain is ours alone.
            // ORDERING: as above.
            block = NonNull::new(unsafe { this.as_ref() }.next.load(Ordering::Relaxed));
            // SAFETY: as above.
            unsafe { Block::free(this) };
        }
    }
}

/// # Safety
///
/// There is a value, and it is not used again.
#[inline]
unsafe fn take<T>(value: *mut MaybeUninit<T>) -> T {
    // SAFETY: the caller's promise.
    unsafe { (*value).assume_init_read() }
}
