//! The pages of a slab, for its owner and for whoever looks at its tasks.

use super::blocks::Blocks;
use super::home::Home;
use super::page::Page;
use crate::task::runnable::{Pinned, RawTask, Schedule};
use primitives::shim::Mutex;
use std::ptr::NonNull;

/// Which pages there are, behind a lock: the owner takes it when a page comes, goes or is divided
/// into cells of another size, once in so many tasks; whoever looks at the tasks holds it
/// meanwhile.
///
/// # Looking at tasks
///
/// A page that is on the list stays as it is while the lock is held, except that its cells come and
/// go. Each cell that was ever in use has a state word, which is never written but atomically. One
/// that says that there is a task which has not ended can be *pinned*: the exchange that adds the
/// reference succeeds only if that is still so, and whatever was put into the cell before is
/// visible then. From there on it is a reference like any other.
pub struct Directory<S: Schedule>(Mutex<Memory<S>>);

struct Memory<S: Schedule> {
    pages: Vec<NonNull<Page<S>>>,
    blocks: Blocks,
}

// SAFETY: the pages are reached under the lock, or by their owner as it always may.
unsafe impl<S: Schedule> Send for Memory<S> {}

impl<S: Schedule> Default for Directory<S> {
    fn default() -> Self {
        Self(Mutex::new(Memory::default()))
    }
}

impl<S: Schedule> Default for Memory<S> {
    fn default() -> Self {
        Self { pages: Vec::new(), blocks: Blocks::default() }
    }
}

impl<S: Schedule> Directory<S> {
    /// The pages of this moment.
    pub(super) fn pages(&self) -> Vec<NonNull<Page<S>>> {
        self.0.lock().pages.clone()
    }

    /// # Safety
    ///
    /// The caller is the owner, and this its directory.
    pub(super) unsafe fn new_page(&self, home: NonNull<Home<S>>, class: usize) -> NonNull<Page<S>> {
        let mut memory = self.0.lock();
        let (place, number) = (memory.blocks.take(), memory.pages.len());
        // SAFETY: the blocks give just what a page needs.
        let page = unsafe { Page::make(place, home, number) };
        // SAFETY: it has just been made.
        unsafe { page.as_ref() }.divide(class);
        memory.pages.push(page);
        page
    }

    /// Makes cells of a class out of a page that has none in use.
    ///
    /// # Safety
    ///
    /// The caller is the owner, and the page on its list.
    pub(super) unsafe fn divide(&self, page: NonNull<Page<S>>, class: usize) {
        let _locked = self.0.lock();
        // SAFETY: pages on the list are alive.
        unsafe { page.as_ref() }.divide(class);
    }

    /// # Safety
    ///
    /// The caller is the owner; the page is on no other list, and no cell of it is in use.
    pub(super) unsafe fn free_page(&self, page: NonNull<Page<S>>) {
        let mut memory = self.0.lock();
        // SAFETY: pages on the list are alive, and came from the blocks.
        unsafe {
            let number = page.as_ref().number();
            memory.pages.swap_remove(number);
            if let Some(moved) = memory.pages.get(number) {
                moved.as_ref().set_number(number);
            }
            memory.blocks.give_back(page.cast());
        }
    }

    /// Frees all pages. No cell of them is in use, nor will be.
    pub(super) fn clear(&self) {
        let memory = std::mem::take(&mut *self.0.lock());
        drop(memory);
    }

    /// Pins every task that has not ended; O(cells that were ever in use together). The owner waits
    /// meanwhile if it needs a page.
    ///
    /// The references must be let go when the lock is free again, that is, not before this returns:
    /// the last one may give a page back.
    pub fn pin_all(&self, tasks: &mut Vec<Pinned>) {
        let memory = self.0.lock();
        for &page in &memory.pages {
            // SAFETY: the lock keeps the page on the list, and so alive and divided as it is.
            for cell in unsafe { Page::cells(page) } {
                // SAFETY: as above; the cell was in use, and so has a state word.
                tasks.extend(unsafe { RawTask::from_ptr(cell).pin() });
            }
        }
    }
}
