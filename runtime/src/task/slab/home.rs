//! The part of a slab that its cells can reach.

use super::directory::Directory;
use crate::task::cell::Header;
use crate::task::runnable::Schedule;
use primitives::shim::atomic::{AtomicPtr, AtomicUsize, Ordering};
use primitives::shim::{CachePadded, Mutant};
use std::ptr::{self, NonNull};
use std::sync::Arc;

/// Lives until the slab is closed and all its cells have come back.
pub(super) struct Home<S: Schedule> {
    scheduler: S,
    directory: Arc<Directory<S>>,
    /// The last cell that another thread has freed, or [`closed`].
    returned: CachePadded<AtomicPtr<Header>>,
    /// After the owner has added those that are out: how many cells have yet to come.
    balance: AtomicUsize,
}

/// In place of the first returned cell: the slab is closed.
fn closed() -> *mut Header {
    ptr::without_provenance_mut(1)
}

impl<S: Schedule> Home<S> {
    pub(super) fn leak(scheduler: S) -> NonNull<Self> {
        NonNull::from(Box::leak(Box::new(Self {
            scheduler,
            directory: Arc::default(),
            returned: CachePadded::new(AtomicPtr::new(ptr::null_mut())),
            balance: AtomicUsize::new(0),
        })))
    }

    #[inline]
    pub(super) fn scheduler(&self) -> &S {
        &self.scheduler
    }

    #[inline]
    pub(super) fn directory(&self) -> &Arc<Directory<S>> {
        &self.directory
    }

    /// Takes all cells that other threads have freed. Only the owner does.
    pub(super) fn take_returned(&self) -> Option<NonNull<Header>> {
        // ORDERING: a hint; what is missed now comes with the next look.
        if self.returned.load(Ordering::Relaxed).is_null() {
            return None;
        }
        // ORDERING: Acquire pairs with the Release in `give_back`: all use of the cells is over.
        NonNull::new(self.returned.swap(ptr::null_mut(), Ordering::Acquire))
    }

    /// A thread that is not the owner gives a free cell back.
    ///
    /// # Safety
    ///
    /// The cell belongs to a page of this home, and is free and the caller's.
    pub(super) unsafe fn give_back(home: NonNull<Self>, cell: NonNull<Header>) {
        // SAFETY: the cell is out until the end of this function, which keeps the home.
        let this = unsafe { home.as_ref() };
        // ORDERING: Relaxed; the exchange checks it, and nothing is read through it.
        let mut first = this.returned.load(Ordering::Relaxed);
        loop {
            if first == closed() && !Mutant::SlabReturnUnasked.is_active() {
                // SAFETY: as for this function.
                return unsafe { Self::give_back_late(home) };
            }
            // SAFETY: the cell is ours (rule 7).
            unsafe { cell.as_ref().set_next(NonNull::new(first)) };
            // ORDERING: Release pairs with the Acquire of whoever takes the list.
            let order = Mutant::SlabReturnRelease.weaken(Ordering::Release);
            let new = cell.as_ptr();
            match this.returned.compare_exchange_weak(first, new, order, Ordering::Relaxed) {
                Ok(_) => return,
                Err(actual) => first = actual,
            }
        }
    }

    /// The slab has been closed: the cell is not put anywhere, only counted.
    ///
    /// # Safety
    ///
    /// As for `give_back`.
    #[cold]
    unsafe fn give_back_late(home: NonNull<Self>) {
        // ORDERING: Release, so that all use of the cell comes before the end of its page;
        // Acquire, so that the end comes after the use of all others.
        let order = Mutant::SlabLateRelease.weaken(Ordering::AcqRel);
        // SAFETY: the cell is out until this subtraction.
        if unsafe { home.as_ref() }.balance.fetch_sub(1, order) == 1 {
            // SAFETY: the owner has added what was out, and this was the last of it.
            unsafe { Self::free(home) };
        }
    }

    /// The owner leaves.
    ///
    /// # Safety
    ///
    /// The caller is the owner, and does not use the home afterwards.
    pub(super) unsafe fn close(home: NonNull<Self>) {
        // SAFETY: the owner keeps the home until it adds to the balance.
        let this = unsafe { home.as_ref() };
        let pages = this.directory.pages();
        // SAFETY: pages on the list are alive, and the owner asks.
        let in_use: usize = pages.iter().map(|page| unsafe { page.as_ref() }.in_use()).sum();
        // ORDERING: Acquire as in `take_returned`; Release is not needed, for those who see
        // CLOSED look at nothing but the balance.
        let mut next = NonNull::new(this.returned.swap(closed(), Ordering::Acquire));
        let mut out = in_use;
        while let Some(cell) = next {
            // SAFETY: cells that were taken from the list are ours, and linked.
            next = unsafe { cell.as_ref().next() };
            out -= 1;
        }
        // ORDERING: Release publishes the list of pages to whoever frees it; Acquire as in
        // `give_back_late`.
        if this.balance.fetch_add(out, Ordering::AcqRel).wrapping_add(out) == 0 {
            // SAFETY: nothing is out.
            unsafe { Self::free(home) };
        }
    }

    /// # Safety
    ///
    /// The slab is closed and nothing is out.
    unsafe fn free(home: NonNull<Self>) {
        // SAFETY: `leak` made it from a box, and nobody can reach it any more.
        let home = unsafe { Box::from_raw(home.as_ptr()) };
        // Whoever looks at the tasks finds no pages from here on, or has looked at them before.
        home.directory.clear();
    }
}
