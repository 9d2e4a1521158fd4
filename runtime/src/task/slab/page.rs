//! A run of cells of one size.

use super::home::Home;
use super::size_class::bytes_of;
use crate::task::cell::Header;
use crate::task::runnable::Schedule;
use primitives::shim::MODEL_CAPACITY_SHIFT;
use primitives::shim::atomic::{AtomicU32, Ordering};
use std::cell::Cell;
use std::ptr::NonNull;

/// The size and the alignment of a page: 32 KiB, and under loom so little that a model gets to the
/// end of one.
pub(super) const PAGE_BYTES: usize = 1024 << (MODEL_CAPACITY_SHIFT / 2 + 1);
/// The first cell comes after so many bytes, which is also the largest alignment of a cell.
pub(super) const HEADER_BYTES: usize = 128;

/// The first of a list of pages.
pub(super) type First<S> = Cell<Option<NonNull<Page<S>>>>;

/// What stands before the cells. All but `home`, `touched` and `cell_bytes` is the owner's alone.
pub(super) struct Page<S: Schedule> {
    home: NonNull<Home<S>>,
    /// The last cell that came back.
    free: Cell<Option<NonNull<Header>>>,
    /// Cells that have been used at all, and so have a state word; those behind are untouched
    /// memory. Written by the owner.
    touched: AtomicU32,
    in_use: Cell<u32>,
    cells: Cell<u32>,
    cell_bytes: Cell<u32>,
    class: Cell<u32>,
    /// The place on the home's list of pages.
    number: Cell<u32>,
    linked: Cell<bool>,
    previous: Cell<Option<NonNull<Self>>>,
    next: Cell<Option<NonNull<Self>>>,
}

impl<S: Schedule> Page<S> {
    /// Makes a page without cells in a piece of memory, as number `number` of its home.
    ///
    /// # Safety
    ///
    /// The memory is the caller's, [`PAGE_BYTES`] large and as much aligned.
    pub(super) unsafe fn make(
        memory: NonNull<u8>,
        home: NonNull<Home<S>>,
        number: usize,
    ) -> NonNull<Self> {
        const { assert!(size_of::<Self>() <= HEADER_BYTES) };
        let header = Self {
            home,
            free: Cell::new(None),
            touched: AtomicU32::new(0),
            in_use: Cell::new(0),
            cells: Cell::new(0),
            cell_bytes: Cell::new(0),
            class: Cell::new(0),
            number: Cell::new(number as u32),
            linked: Cell::new(false),
            previous: Cell::new(None),
            next: Cell::new(None),
        };
        let page = memory.cast::<Self>();
        // SAFETY: the contract above.
        unsafe { page.write(header) };
        page
    }

    /// The page that a cell lies in.
    #[inline]
    pub(super) fn of(cell: NonNull<Header>) -> NonNull<Self> {
        let page = cell.as_ptr().map_addr(|address| address & !(PAGE_BYTES - 1));
        // SAFETY: a page comes before its cells, and is not at address 0.
        unsafe { NonNull::new_unchecked(page.cast()) }
    }

    /// The home of a cell. Any thread may ask.
    ///
    /// # Safety
    ///
    /// The cell is in a page of this type, and is not free.
    #[inline]
    pub(super) unsafe fn home_of(cell: NonNull<Header>) -> NonNull<Home<S>> {
        let page = Self::of(cell).as_ptr();
        // SAFETY: the cell keeps the page. Only this field is read: the others are the owner's.
        unsafe { (&raw const (*page).home).read() }
    }

    /// Makes cells of a class out of a page that has none in use.
    pub(super) fn divide(&self, class: usize) {
        debug_assert!(self.is_unused());
        let bytes = bytes_of(class);
        self.free.set(None);
        // ORDERING: Relaxed; whoever else looks at the page has the directory's lock, as the
        // caller.
        self.touched.store(0, Ordering::Relaxed);
        self.cells.set(((PAGE_BYTES - HEADER_BYTES) / bytes) as u32);
        self.cell_bytes.set(bytes as u32);
        self.class.set(class as u32);
    }

    pub(super) fn class(&self) -> usize {
        self.class.get() as usize
    }

    pub(super) fn in_use(&self) -> usize {
        self.in_use.get() as usize
    }

    pub(super) fn is_unused(&self) -> bool {
        self.in_use.get() == 0
    }

    /// A cell for use, unless all are.
    ///
    /// # Safety
    ///
    /// The page is alive, and the caller its owner.
    #[inline]
    pub(super) unsafe fn take(page: NonNull<Self>) -> Option<NonNull<Header>> {
        // SAFETY: the contract above.
        let this = unsafe { page.as_ref() };
        let cell = match this.free.get() {
            Some(cell) => {
                // SAFETY: a cell on the list is free, the owner's, and linked.
                this.free.set(unsafe { cell.as_ref().next() });
                cell
            }
            // ORDERING: Relaxed; the owner's own number.
            None if this.touched.load(Ordering::Relaxed) < this.cells.get() => {
                let index = this.touched.load(Ordering::Relaxed);
                // SAFETY: the page has so many cells, and nobody looks at this one yet.
                let cell = unsafe { Self::cell(page, index) };
                // SAFETY: as above.
                unsafe { Header::make_vacant(cell) };
                // ORDERING: Release publishes the state word to the Acquire in `cells`.
                this.touched.store(index + 1, Ordering::Release);
                cell
            }
            None => return None,
        };
        this.in_use.set(this.in_use.get() + 1);
        Some(cell)
    }

    /// Takes a cell back.
    #[inline]
    pub(super) fn put(&self, cell: NonNull<Header>) {
        // SAFETY: the cell was freed, and its thread has handed it to the owner.
        unsafe { cell.as_ref().set_next(self.free.get()) };
        self.free.set(Some(cell));
        self.in_use.set(self.in_use.get() - 1);
    }

    /// All cells that are or were in use: each has a state word.
    ///
    /// # Safety
    ///
    /// The page is alive and not divided anew for as long as the iterator.
    pub(super) unsafe fn cells(page: NonNull<Self>) -> impl Iterator<Item = NonNull<Header>> {
        // SAFETY: the contract above.
        // ORDERING: Acquire pairs with the Release in `take`.
        let touched = unsafe { page.as_ref() }.touched.load(Ordering::Acquire);
        // SAFETY: the page has that many cells, and more.
        (0..touched).map(move |index| unsafe { Self::cell(page, index) })
    }

    /// # Safety
    ///
    /// The page is alive and has more than `index` cells.
    #[inline]
    unsafe fn cell(page: NonNull<Self>, index: u32) -> NonNull<Header> {
        // SAFETY: the offset stays inside the page's memory, which the pointer was made for.
        unsafe {
            let bytes = page.as_ref().cell_bytes.get() as usize;
            page.byte_add(HEADER_BYTES + index as usize * bytes).cast()
        }
    }
}

/// Doubly linked lists of pages. A page is on one at most.
impl<S: Schedule> Page<S> {
    pub(super) fn is_linked(&self) -> bool {
        self.linked.get()
    }

    /// Puts a page at the front.
    pub(super) fn link(page: NonNull<Self>, first: &First<S>) {
        // SAFETY: pages that the owner links are alive, and so are those on its lists.
        let (this, old) = unsafe { (page.as_ref(), first.get().map(|old| old.as_ref())) };
        debug_assert!(!this.linked.replace(true), "on one list at most");
        this.linked.set(true);
        this.previous.set(None);
        this.next.set(first.get());
        if let Some(old) = old {
            old.previous.set(Some(page));
        }
        first.set(Some(page));
    }

    /// Takes a page off the list that starts with `first`.
    pub(super) fn unlink(page: NonNull<Self>, first: &First<S>) {
        // SAFETY: as in `link`.
        let this = unsafe { page.as_ref() };
        this.linked.set(false);
        match this.previous.get() {
            // SAFETY: as in `link`.
            Some(previous) => unsafe { previous.as_ref() }.next.set(this.next.get()),
            None => first.set(this.next.get()),
        }
        if let Some(next) = this.next.get() {
            // SAFETY: as in `link`.
            unsafe { next.as_ref() }.previous.set(this.previous.get());
        }
    }

    pub(super) fn number(&self) -> usize {
        self.number.get() as usize
    }

    pub(super) fn set_number(&self, number: usize) {
        self.number.set(number as u32);
    }
}
