//! Where the cells of a runtime's tasks live.
//!
//! A general allocator is half of what spawning a task costs, and a list of live tasks, which a
//! runtime needs to cancel them when it goes away, most of the other half. A slab is both: cells
//! of similar size lie side by side in pages, so a free one is found by taking the first of a
//! list that no other thread touches, and the live ones by walking over the pages.
//!
//! ```text
//!   Slab (its owner's alone)        Home (everybody's)                     Page × n
//!   ┌────────────────────────┐      ┌───────────────────────────────┐     ┌──────────────────┐
//!   │ open pages, by class   │─────►│ scheduler                     │◄────│ home             │
//!   │ empty pages            │      │ returned: cells freed by other│     │ free cells, used │
//!   └────────────────────────┘      │ threads, or CLOSED            │     │ cell │ cell │ …  │
//!                                   │ balance: cells that will come │     └──────────────────┘
//!                                   │ after that                    │      aligned to its size
//!                                   └───────────────────────────────┘
//! ```
//!
//! A worker owns a slab; so does, under a lock, whoever spawns from outside. A cell finds its page
//! by the address (pages are aligned to their size), its slab and the scheduler through the page.
//!
//! # The way back
//!
//! The owner puts a freed cell back into its page. Any other thread pushes it to `returned`, which
//! the owner takes as a whole when it is short of cells. When the slab is closed, its owner swaps
//! CLOSED into `returned` and adds the number of cells still out to `balance`; each that comes
//! later takes one off, and whoever brings it to 0 frees everything. Early takers take it below
//! 0 (it wraps), which is why 0 is reached only once, and only after the owner's addition.
//!
//! ```text
//!   freeing thread                              owner, closing
//!   head ← returned                             out ← cells in use
//!   CLOSED?  balance − 1, free all if 0         chain ← swap(returned, CLOSED)
//!   else     link; CAS returned: head → cell    out − cells in the chain
//!            lost? from the start               balance + out, free all if 0
//! ```
//!
//! A freeing thread's cell counts as being out until its exchange succeeds or its subtraction is
//! done, so the home is there for as long as it looks at it.
//!
//! The shape of the pages and of the way back follows mimalloc (D. Leijen, B. Zorn, L. de Moura,
//! "Mimalloc: Free List Sharding in Action", APLAS 2019).
//!
//! # Bounds
//!
//! A cell larger than [`CELL_MAX`](size_class::CELL_MAX) bytes, or aligned to more than a page's
//! header, keeps its future in a box. A slab keeps at most [`EMPTY_MAX`] empty pages for later.

mod blocks;
mod directory;
mod home;
mod page;
mod size_class;

use super::JoinHandle;
use super::annotation::Annotation;
use super::cell::{Cell, Header};
use super::place::{Annotated, Place, Resident};
use super::runnable::{RawTask, Runnable, Schedule};
pub use directory::Directory;
use home::Home;
use page::{First, Page};
use size_class::{CLASSES, class_of};
use std::cell;
use std::fmt;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::Arc;

/// Empty pages that a slab keeps: 16 MiB, enough for a hundred thousand small tasks that come and
/// go together.
const EMPTY_MAX: usize = 512;

/// The homes of the cells in a slab for S.
trait InSlab<S>: Place {}

impl<S: Schedule> InSlab<S> for Resident<S> {}
impl<S: Schedule> InSlab<S> for Annotated<Resident<S>> {}

/// The owner's end: makes tasks, and cancels them all.
pub struct Slab<S: Schedule> {
    home: NonNull<Home<S>>,
    /// Per size class, the first of the pages that may have room.
    open: Box<[First<S>; CLASSES]>,
    /// The first of the pages without a cell in use.
    empty: First<S>,
    empty_count: cell::Cell<usize>,
    closed: cell::Cell<bool>,
}

// SAFETY: the owner's part of a slab is a value like any other; what other threads reach is in
// `Home`, which is made for that, and in the pages' `home` field, which never changes.
unsafe impl<S: Schedule> Send for Slab<S> {}

/// The scheduler of a task in a slab.
///
/// # Safety
///
/// The task is in a slab for S, and is not free while the result is in use.
pub(super) unsafe fn scheduler<'a, S: Schedule>(task: RawTask) -> &'a S {
    // SAFETY: a cell in use keeps its page, and with it the home.
    unsafe { Page::<S>::home_of(task.ptr()).as_ref() }.scheduler()
}

impl<S: Schedule> Slab<S> {
    /// An empty slab whose tasks are run by `scheduler`.
    pub fn new(scheduler: S) -> Self {
        Self {
            home: Home::leak(scheduler),
            open: Box::new([const { First::new(None) }; CLASSES]),
            empty: First::new(None),
            empty_count: cell::Cell::new(0),
            closed: cell::Cell::new(false),
        }
    }

    /// Makes a task, which the slab keeps alive until it has ended.
    ///
    /// # Errors
    ///
    /// After [`cancel_all`](Self::cancel_all) the future comes back.
    #[inline]
    pub fn spawn<F>(
        &self,
        future: F,
        site: &'static Location<'static>,
    ) -> Result<(Runnable, JoinHandle<F::Output>), F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.spawn_in(future, Resident::new(), site)
    }

    /// As [`spawn`](Self::spawn), with something to say.
    pub(crate) fn spawn_annotated<F>(
        &self,
        future: F,
        site: &'static Location<'static>,
        annotation: Annotation,
    ) -> Result<(Runnable, JoinHandle<F::Output>), F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.spawn_in(future, Annotated::new(Resident::new(), annotation), site)
    }

    #[inline]
    fn spawn_in<F: Future, P: InSlab<S>>(
        &self,
        future: F,
        place: P,
        site: &'static Location<'static>,
    ) -> Result<(Runnable, JoinHandle<F::Output>), F> {
        if self.closed.get() {
            return Err(future);
        }
        let fits = const { size_class::fits::<Cell<F, P>>() };
        Ok(if fits {
            self.place(future, place, site)
        } else {
            self.place(Box::pin(future), place, site)
        })
    }

    /// Drops the future of every task that is not being polled at this moment, and marks the
    /// others, so that whoever polls them does it. Makes no task from now on.
    pub fn cancel_all(&self) {
        if self.closed.replace(true) {
            return;
        }
        // The list of pages and their cells stay as they are while the slab is closed, whatever
        // the futures' drops do.
        for page in self.directory().pages() {
            // SAFETY: pages on the list are alive.
            for cell in unsafe { Page::cells(page) } {
                // SAFETY: the cell has been used, so there is a state word, and the memory stays
                // while the page does. A free cell reads as complete; a task that is not complete
                // is kept alive by the slab's own reference.
                unsafe { RawTask::from_ptr(cell) }.shut_down();
            }
        }
    }

    /// The list of pages, for whoever looks at the tasks.
    pub fn directory(&self) -> &Arc<Directory<S>> {
        // SAFETY: the home outlives the slab.
        unsafe { self.home.as_ref() }.directory()
    }

    /// `fits` has been asked.
    #[inline]
    fn place<F: Future, P: InSlab<S>>(
        &self,
        future: F,
        place: P,
        site: &'static Location<'static>,
    ) -> (Runnable, JoinHandle<F::Output>) {
        let class = const { class_of(size_of::<Cell<F, P>>()) };
        let cell = self.take_cell(class);
        // SAFETY: the home outlives the slab.
        let now = unsafe { self.home.as_ref() }.scheduler().stamp();
        // SAFETY: the cell is vacant, ours, and of a class that is large enough.
        unsafe { Cell::fill(cell.cast(), future, place, site, now) };
        // SAFETY: it has just been made, with the references that the two handles take.
        let task = unsafe { RawTask::from_ptr(cell) };
        (Runnable::from_raw(task), JoinHandle::from_raw(task))
    }

    #[inline]
    fn take_cell(&self, class: usize) -> NonNull<Header> {
        // SAFETY: open pages are alive and ours.
        let cell = self.open[class].get().and_then(|page| unsafe { Page::take(page) });
        cell.unwrap_or_else(|| self.take_from_another_page(class))
    }

    /// The first open page has no room.
    #[cold]
    fn take_from_another_page(&self, class: usize) -> NonNull<Header> {
        self.take_back_returned();
        let open = &self.open[class];
        // Bounded: each round closes a page.
        while let Some(first) = open.get() {
            // SAFETY: open pages are alive.
            match unsafe { Page::take(first) } {
                Some(cell) => return cell,
                None => Page::unlink(first, open),
            }
        }
        let page = self.empty_page(class);
        Page::link(page, open);
        // SAFETY: it has just been linked.
        unsafe { Page::take(page) }.expect("an empty page has room")
    }

    fn empty_page(&self, class: usize) -> NonNull<Page<S>> {
        let page = self.empty.get().inspect(|&page| {
            Page::unlink(page, &self.empty);
            self.empty_count.set(self.empty_count.get() - 1);
        });
        // SAFETY: this is the owner, and the page on its list.
        unsafe {
            match page {
                Some(page) => {
                    self.directory().divide(page, class);
                    page
                }
                None => self.directory().new_page(self.home, class),
            }
        }
    }

    /// Frees a cell that lives in some slab for S.
    ///
    /// # Safety
    ///
    /// No reference to the cell is left, and nothing in it has to be dropped.
    #[inline]
    pub(super) unsafe fn free(cell: NonNull<Header>) {
        // SAFETY: the cell is not free yet, and so keeps its page and its home.
        let home = unsafe { Page::<S>::home_of(cell) };
        // SAFETY: as above.
        let taken = unsafe { home.as_ref() }.scheduler().with_slab(|slab| {
            let own = slab.filter(|slab| slab.home == home);
            own.inspect(|slab| slab.take_back(cell)).is_some()
        });
        if !taken {
            // SAFETY: the cell is out, and its memory the caller's to give away.
            unsafe { Home::give_back(home, cell) };
        }
    }

    /// Everything that other threads have freed.
    fn take_back_returned(&self) {
        // SAFETY: the home outlives the slab.
        let mut next = unsafe { self.home.as_ref() }.take_returned();
        while let Some(cell) = next {
            // SAFETY: cells that were taken from the list are ours (rule 7), and linked.
            next = unsafe { cell.as_ref().next() };
            self.take_back(cell);
        }
    }

    /// Puts a free cell of this slab back into its page.
    #[inline]
    fn take_back(&self, cell: NonNull<Header>) {
        let page = Page::<S>::of(cell);
        // SAFETY: the cell was in use until now, so its page is alive, and the caller owns it.
        let the_page = unsafe { page.as_ref() };
        the_page.put(cell);
        if self.closed.get() {
            return;
        }
        let open = &self.open[the_page.class()];
        if !the_page.is_linked() {
            Page::link(page, open);
        } else if the_page.is_unused() && open.get() != Some(page) {
            self.put_aside(page);
        }
    }

    /// A page without a cell in use, besides the one that serves its class.
    #[cold]
    fn put_aside(&self, page: NonNull<Page<S>>) {
        // SAFETY: the page is alive until it is freed below.
        Page::unlink(page, &self.open[unsafe { page.as_ref() }.class()]);
        if self.empty_count.get() < EMPTY_MAX {
            Page::link(page, &self.empty);
            self.empty_count.set(self.empty_count.get() + 1);
        } else {
            // SAFETY: no cell of it is in use, it is on no list, and this is the owner.
            unsafe { self.directory().free_page(page) };
        }
    }
}

impl<S: Schedule> Drop for Slab<S> {
    /// Cells that are still out come back on their own.
    fn drop(&mut self) {
        self.closed.set(true);
        // SAFETY: the owner closes it, once.
        unsafe { Home::close(self.home) };
    }
}

impl<S: Schedule> fmt::Debug for Slab<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slab").field("closed", &self.closed.get()).finish_non_exhaustive()
    }
}
