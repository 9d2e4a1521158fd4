//! The memory of a task.

use super::annotation::Annotation;
use super::coop::Resource;
use super::harness::vtable;
use super::place::Place;
use super::runnable::Runnable;
use super::state::{CoarseClock, Stamp, State};
use super::{Id, JoinError};
use primitives::shim::UnsafeCell;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

/// What is the same for every task, so that queues and wakers need not know the future's type.
pub(super) struct Header {
    pub(super) state: State,
    /// Rule 1, and rule 7 once the cell is free.
    link: UnsafeCell<Link>,
    /// The id, above it what the task waits for, and the [`MARK`]. A plain `std` atomic: the note
    /// is a hint, and the id does not change.
    tag: AtomicU64,
    /// Where the task was spawned.
    pub(super) site: &'static Location<'static>,
}

/// Ids last for centuries in these bits.
const ID_BITS: u32 = 56;
const ID_MASK: u64 = (1 << ID_BITS) - 1;
/// The topmost bit: whoever polls the task next is to time that.
const MARK: u64 = 1 << 63;

/// What the second word of a cell is.
#[derive(Clone, Copy)]
union Link {
    /// While there are references.
    vtable: &'static VTable,
    /// While the cell is in a list of free ones.
    next: Option<NonNull<Header>>,
}

impl Header {
    pub(super) fn new(
        references: usize,
        vtable: &'static VTable,
        site: &'static Location<'static>,
        now: Stamp,
    ) -> Self {
        let link = UnsafeCell::new(Link { vtable });
        let tag = AtomicU64::new(Id::next().as_u64());
        Self { state: State::new(references, now), link, tag, site }
    }

    /// Makes memory that was never used a vacant cell's.
    ///
    /// # Safety
    ///
    /// The memory is the caller's, and large enough.
    pub(super) unsafe fn make_vacant(cell: NonNull<Self>) {
        let cell = cell.as_ptr();
        // SAFETY: the contract above.
        unsafe {
            (&raw mut (*cell).state).write(State::vacant());
            (&raw mut (*cell).link).write(UnsafeCell::new(Link { next: None }));
        }
    }

    /// The task's id.
    #[inline]
    pub(super) fn id(&self) -> Id {
        // ORDERING: Relaxed, here and below, as said above.
        Id::from_bits(self.tag.load(Ordering::Relaxed) & ID_MASK)
    }

    /// Notes what the task waits for, which the running thread does.
    #[inline]
    pub(super) fn note(&self, resource: Resource) {
        let id = self.tag.load(Ordering::Relaxed) & ID_MASK;
        self.tag.store(id | (resource as u64) << ID_BITS, Ordering::Relaxed);
    }

    /// What was noted last.
    pub(super) fn noted(&self) -> Resource {
        Resource::from_bits(((self.tag.load(Ordering::Relaxed) & !MARK) >> ID_BITS) as u8)
    }

    /// Marks the task, which the caller is about to queue. The mark goes with the next note.
    pub(super) fn mark(&self) {
        // ORDERING: Relaxed, here and below; the queue shows it to whoever takes the task out.
        self.tag.store(self.tag.load(Ordering::Relaxed) | MARK, Ordering::Relaxed);
    }

    /// The task's id, and whether it is marked.
    #[inline]
    pub(super) fn id_and_mark(&self) -> (Id, bool) {
        let tag = self.tag.load(Ordering::Relaxed);
        (Id::from_bits(tag & ID_MASK), tag & MARK != 0)
    }

    /// The operations of this task. The caller holds a reference.
    #[inline]
    pub(super) fn vtable(&self) -> &'static VTable {
        // SAFETY: rule 1: the cell is not free, so the link is a vtable and nobody writes it.
        self.link.with(|link| unsafe { (*link).vtable })
    }

    /// The next in a list of free cells.
    ///
    /// # Safety
    ///
    /// The cell is free, it is the caller's by rule 7, and [`set_next`](Self::set_next) has been
    /// called since.
    #[inline]
    pub(super) unsafe fn next(&self) -> Option<NonNull<Self>> {
        // SAFETY: the contract above.
        self.link.with(|link| unsafe { (*link).next })
    }

    /// Puts a free cell before another.
    ///
    /// # Safety
    ///
    /// The cell is free, and it is the caller's by rule 7.
    #[inline]
    pub(super) unsafe fn set_next(&self, next: Option<NonNull<Self>>) {
        // SAFETY: the contract above.
        self.link.with_mut(|link| unsafe { *link = Link { next } });
    }
}

/// The operations that need the future's type. All take a pointer to the header of a live cell.
pub(super) struct VTable {
    /// Polls or cancels a task taken out of a queue, with the entry's reference. If the task woke
    /// itself meanwhile, it comes back with that reference.
    pub(super) run: unsafe fn(NonNull<Header>, &CoarseClock) -> Option<Runnable>,
    /// Hands the task to its scheduler, with a reference that belongs to the queue entry.
    pub(super) schedule: unsafe fn(NonNull<Header>),
    /// Drops the future of a task that was claimed, and completes it as cancelled.
    pub(super) cancel: unsafe fn(NonNull<Header>),
    /// Moves the output to the `Option<Result<T, JoinError>>` behind the pointer, or stores the
    /// waker. Only the join handle calls it.
    pub(super) take_output: unsafe fn(NonNull<Header>, *mut (), &Waker),
    /// Stores a waker to be woken when the task is complete; false if it is already. Only the join
    /// handle calls it, and only if it has never been polled.
    pub(super) watch: unsafe fn(NonNull<Header>, Waker) -> bool,
    /// The join handle goes away, with its reference.
    pub(super) drop_join: unsafe fn(NonNull<Header>),
    /// What the task says about itself, for as long as there are references.
    pub(super) annotation: unsafe fn(NonNull<Header>) -> Option<NonNull<Annotation>>,
    /// Frees the cell. No reference is left.
    pub(super) free: unsafe fn(NonNull<Header>),
}

/// A whole task. `repr(C)`: a pointer to the cell is a pointer to its header.
#[repr(C)]
pub(super) struct Cell<F: Future, P: Place> {
    pub(super) header: Header,
    pub(super) place: P,
    /// Rules 4 to 6.
    pub(super) join_waker: UnsafeCell<Option<Waker>>,
    /// Rules 2 and 3.
    pub(super) stage: UnsafeCell<Stage<F>>,
}

/// What the future has become.
pub(super) enum Stage<F: Future> {
    Future(F),
    Output(Result<F::Output, JoinError>),
    Gone,
}

impl<F: Future, P: Place> Cell<F, P> {
    /// Puts a task into a vacant cell, and lets others [pin](State::pin) it.
    ///
    /// # Safety
    ///
    /// The memory is the caller's and large enough, and holds the state word of a vacant cell,
    /// which nobody but those who ask whether there is a task looks at.
    #[inline]
    pub(super) unsafe fn fill(
        cell: NonNull<Self>,
        future: F,
        place: P,
        site: &'static Location<'static>,
        now: Stamp,
    ) {
        let cell = cell.as_ptr();
        let link = Link { vtable: vtable::<F, P>() };
        let tag = AtomicU64::new(Id::next().as_u64());
        // SAFETY: the contract above: all but the state word is ours alone until that is published.
        unsafe {
            (*cell).header.link.with_mut(|it| *it = link);
            (&raw mut (*cell).header.tag).write(tag);
            (&raw mut (*cell).header.site).write(site);
            (&raw mut (*cell).place).write(place);
            (&raw mut (*cell).join_waker).write(UnsafeCell::new(None));
            (&raw mut (*cell).stage).write(UnsafeCell::new(Stage::Future(future)));
            (*cell).header.state.publish(P::REFERENCES + 2, now);
        }
    }
}
