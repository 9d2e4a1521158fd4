//! The memory that pages are cut from.

use super::page::PAGE_BYTES;
use primitives::shim::MODEL_CAPACITY_SHIFT;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// A block is 1 MiB. One page at a time would waste two of the machine's pages each: the allocator
/// writes before and behind what it hands out.
const PAGES_PER_BLOCK: usize = if MODEL_CAPACITY_SHIFT < 8 { 1 } else { 32 };

const LAYOUT: Layout = match Layout::from_size_align(PAGES_PER_BLOCK * PAGE_BYTES, PAGE_BYTES) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};

/// Blocks of memory, and the pieces of them that are not in use.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    blocks: Vec<NonNull<u8>>,
    /// Pieces of the last block that have been handed out at all.
    cut: usize,
    /// Pieces that have come back. Their content is forgotten, and the machine has the memory.
    spare: Vec<NonNull<u8>>,
}

impl Blocks {
    /// [`PAGE_BYTES`] of memory, as much aligned.
    pub(super) fn take(&mut self) -> NonNull<u8> {
        if let Some(piece) = self.spare.pop() {
            return piece;
        }
        if self.blocks.is_empty() || self.cut == PAGES_PER_BLOCK {
            // SAFETY: the layout has a size.
            let Some(block) = NonNull::new(unsafe { alloc(LAYOUT) }) else {
                handle_alloc_error(LAYOUT)
            };
            self.blocks.push(block);
            self.cut = 0;
        }
        let block = self.blocks[self.blocks.len() - 1];
        let offset = self.cut * PAGE_BYTES;
        self.cut += 1;
        // SAFETY: fewer pieces have been cut off than the block has.
        unsafe { block.add(offset) }
    }

    /// Takes a piece back, and lets the machine use its memory until it is wanted again.
    ///
    /// # Safety
    ///
    /// The piece came from [`take`](Self::take) of this value, and nobody uses it any more.
    pub(super) unsafe fn give_back(&mut self, piece: NonNull<u8>) {
        // SAFETY: the range is ours, and its content may be lost. A failure leaves all as it is.
        unsafe { libc::madvise(piece.as_ptr().cast(), PAGE_BYTES, libc::MADV_DONTNEED) };
        self.spare.push(piece);
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for block in self.blocks.drain(..) {
            // SAFETY: `take` allocated it with this layout. Whoever drops this value has no use for
            // the pieces any more.
            unsafe { dealloc(block.as_ptr(), LAYOUT) };
        }
    }
}
