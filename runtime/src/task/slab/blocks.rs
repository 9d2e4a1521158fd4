//! The memory that pages are cut from.

use super::page::PAGE_BYTES;
use primitives::shim::MODEL_CAPACITY_SHIFT;
use rustix::param::page_size;
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
        if is_whole_pages(page_size()) {
            // SAFETY: the range is ours, down to the last page of the machine's in it, and its
            // content may be lost. A failure leaves all as it is.
            unsafe { libc::madvise(piece.as_ptr().cast(), PAGE_BYTES, libc::MADV_DONTNEED) };
        }
        self.spare.push(piece);
    }
}

/// Whether a piece is made of whole pages of the machine's. Where these are larger, as 64 KiB on
/// some processors, the machine would round a piece up and take the neighbour's memory as well.
const fn is_whole_pages(machine_page_bytes: usize) -> bool {
    PAGE_BYTES.is_multiple_of(machine_page_bytes)
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

#[cfg(test)]
mod tests {
    use super::{Blocks, is_whole_pages};
    use crate::task::slab::page::PAGE_BYTES;

    #[test]
    fn memory_is_given_back_where_no_page_of_the_machine_holds_a_neighbour() {
        assert!(is_whole_pages(4 << 10) && is_whole_pages(16 << 10));
        assert!(!is_whole_pages(64 << 10) && !is_whole_pages(2 << 20));
    }

    #[test]
    fn a_neighbour_keeps_its_content() {
        let mut blocks = Blocks::default();
        let pieces = [(); 3].map(|()| blocks.take());
        for piece in pieces {
            // SAFETY: the piece is ours, and so large.
            unsafe { piece.write_bytes(7, PAGE_BYTES) };
        }
        // SAFETY: it was taken above, and is not looked at any more.
        unsafe { blocks.give_back(pieces[1]) };
        for piece in [pieces[0], pieces[2]] {
            // SAFETY: the piece is ours, and was written to the end.
            let bytes = unsafe { std::slice::from_raw_parts(piece.as_ptr(), PAGE_BYTES) };
            assert!(bytes.iter().all(|&byte| byte == 7));
        }
        assert_eq!(blocks.take(), pieces[1]);
    }
}
