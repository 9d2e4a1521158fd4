//! The messages of a channel: a chain of blocks that grows at one end and is used up at the other.
//!
//! ```text
//!      head (the receiver's)                          tail (the senders')
//!        │                                              │ position, block
//!        ▼                                              ▼
//!   ┌─────────┐ next  ┌─────────┐ next            ┌─────────┐
//!   │ slots   ├──────►│ slots   ├──────►  ...  ──►│ slots   │
//!   └─────────┘       └─────────┘                 └─────────┘
//!
//!   a slot:  EMPTY ──► FULL            a message is there
//!              │  └──► END             there will be no more messages
//!              ▼
//!            AWAITED ──► FULL or END   as above, and whoever sets it wakes the receiver
//! ```
//!
//! # Protocol
//!
//! 1. A sender claims a slot by moving the tail's position on from it. The position counts one
//!    more for each block than it has slots; while it stands there nobody can claim, and whoever
//!    has claimed the block's last slot makes the next block the tail's, moves the position on,
//!    and links the two. That block was allocated before.
//! 2. It writes the message, and then exchanges the slot's state. After that it does not touch
//!    the block any more.
//! 3. The receiver takes the message of its slot when that is FULL. When it has used up a block it
//!    frees it: all its slots have been through 2, and its link was set before the last of them
//!    was.
//! 4. The receiver that finds its slot EMPTY sets AWAITED, so exactly the sender of the message it
//!    waits for has to wake it, and no other.
//!
//! 5. Blocks that are used up are used again: the receiver puts them on a stack of free blocks, a
//!    bounded number of them, and the sender that needs one takes it from there. Only one sender
//!    at a time does (it is between claiming a last slot and moving the position on), so a block
//!    it looks at cannot be taken by another and come back meanwhile.
//!
//! That nobody touches a block without having claimed a slot of it which has not been received yet
//! is what makes freeing it safe. The design is that of crossbeam's `SegQueue`, for one receiver,
//! and with the wake-up made part of the slot.
//!
//! # Bounds
//!
//! The list has none of its own: the channel's permits bound what is in it. A sender that finds
//! the position at the end of a block waits, spinning, for three stores of another one. The
//! receiver never waits for a sender but in [`Head::settle`].

#![allow(unsafe_code)] // Fenced: blocks that are shared by pointer, by the protocol above.

mod block;
mod free_list;
mod head;
mod tail;

pub(super) use head::{Head, Popped};
pub(super) use tail::{Awaited, Tail};

use block::Block;
use primitives::shim::CachePadded;
use std::cell::UnsafeCell;

/// The two ends of a list, each in a cache line of its own. The receiver's is for one thread at a
/// time.
pub(super) struct List<T> {
    tail: CachePadded<Tail<T>>,
    head: CachePadded<UnsafeCell<Head<T>>>,
}

// SAFETY: senders on any thread move messages in, and the receiver on another moves them out. The
// head is reached by `head`, which makes its caller promise that it is the only one.
unsafe impl<T: Send> Sync for List<T> {}
// SAFETY: as above; the blocks belong to the list.
unsafe impl<T: Send> Send for List<T> {}

impl<T> List<T> {
    pub(super) fn new() -> Self {
        let first = Block::allocate();
        Self {
            tail: CachePadded::new(Tail::new(first)),
            head: CachePadded::new(UnsafeCell::new(Head::new(first))),
        }
    }

    /// The senders' end.
    #[inline]
    pub(super) fn tail(&self) -> &Tail<T> {
        &self.tail
    }

    /// The receiver's end.
    ///
    /// # Safety
    ///
    /// Nobody else has it for as long as the result is used.
    #[allow(clippy::mut_from_ref)]
    #[inline]
    pub(super) unsafe fn head(&self) -> &mut Head<T> {
        // SAFETY: the caller's promise.
        unsafe { &mut *self.head.get() }
    }

    /// A look at the receiver's end.
    ///
    /// # Safety
    ///
    /// Nobody has it exclusively for as long as the result is used.
    pub(super) unsafe fn peek(&self) -> &Head<T> {
        // SAFETY: the caller's promise.
        unsafe { &*self.head.get() }
    }
}

impl<T> Drop for List<T> {
    fn drop(&mut self) {
        let head = self.head.get_mut();
        while let Popped::Message(message) = head.pop(&self.tail) {
            drop(message);
        }
        // SAFETY: nobody is left, and all messages are out.
        unsafe {
            head.free_blocks();
            self.tail.free.clear();
        }
    }
}
