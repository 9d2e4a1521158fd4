//! Where a task's cell lives, and how it finds its scheduler from there.

use super::cell::{Cell, Header};
use super::runnable::{End, RawTask, Runnable, Schedule};
use super::slab::{self, Slab};
use std::marker::PhantomData;
use std::ptr::NonNull;

/// The home of a cell. One lives in every cell.
pub(super) trait Place: Send + Sync + Sized + 'static {
    /// References that the home itself holds on a task that has not ended.
    const REFERENCES: usize;

    /// Hands the task to its scheduler. `self` may be gone as soon as the scheduler has let go of
    /// the runnable.
    fn schedule(&self, runnable: Runnable);

    /// A task that woke itself is to be queued again: by the caller, if it comes back.
    fn requeue(&self, runnable: Runnable) -> Option<Runnable> {
        Some(runnable)
    }

    /// The task has its output and is about to say so.
    fn retire(&self, task: RawTask, end: End);

    /// Gives the memory back.
    ///
    /// # Safety
    ///
    /// No reference is left; no future, output or waker is in the cell.
    unsafe fn free<F: Future>(cell: NonNull<Cell<F, Self>>);
}

/// In a box of its own, with its own handle to the scheduler.
pub(super) struct Boxed<S>(pub(super) S);

impl<S: Schedule> Place for Boxed<S> {
    const REFERENCES: usize = 0;

    fn schedule(&self, runnable: Runnable) {
        self.0.schedule(runnable);
    }

    fn retire(&self, _: RawTask, end: End) {
        self.0.retire(end);
    }

    unsafe fn free<F: Future>(cell: NonNull<Cell<F, Self>>) {
        // SAFETY: a cell with this home came from a box, and the last reference is gone.
        drop(unsafe { Box::from_raw(cell.as_ptr()) });
    }
}

/// Has tasks that only one thread runs, and lists them.
pub(crate) trait Keeper: Send + Sync + Sized + 'static {
    /// Queues a task that has to be polled, for the thread that runs the tasks. As for
    /// [`Schedule::schedule`], `self` may be gone once the runnable is let go.
    fn schedule(&self, runnable: Runnable);

    /// A task that woke itself is to be queued again: by the caller, if it comes back.
    fn requeue(&self, runnable: Runnable) -> Option<Runnable> {
        Some(runnable)
    }

    /// The task with this number in the list has its output and is about to say so.
    fn retire(&self, number: usize, end: End);
}

/// In a box of its own, and in its keeper's list under a number.
pub(super) struct Listed<K> {
    pub(super) keeper: K,
    pub(super) number: usize,
}

impl<K: Keeper> Place for Listed<K> {
    /// The list keeps a task alive until it has ended, and cancels it if it goes first.
    const REFERENCES: usize = 1;

    fn schedule(&self, runnable: Runnable) {
        self.keeper.schedule(runnable);
    }

    fn requeue(&self, runnable: Runnable) -> Option<Runnable> {
        self.keeper.requeue(runnable)
    }

    fn retire(&self, _: RawTask, end: End) {
        self.keeper.retire(self.number, end);
    }

    unsafe fn free<F: Future>(cell: NonNull<Cell<F, Self>>) {
        // SAFETY: a cell with this home came from a box, and the last reference is gone.
        drop(unsafe { Box::from_raw(cell.as_ptr()) });
    }
}

/// In a slab, where one handle to the scheduler serves all cells.
pub(super) struct Resident<S>(PhantomData<fn() -> S>);

impl<S> Resident<S> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S: Schedule> Place for Resident<S> {
    /// The slab keeps a task alive until it has ended, and cancels it if it closes first.
    const REFERENCES: usize = 1;

    fn schedule(&self, runnable: Runnable) {
        // SAFETY: this value is in a cell of a slab for S, which `runnable` keeps from being free
        // until it is let go.
        unsafe { slab::scheduler::<S>(runnable.task()) }.schedule(runnable);
    }

    fn retire(&self, task: RawTask, end: End) {
        // SAFETY: as above; the caller has a reference.
        unsafe { slab::scheduler::<S>(task) }.retire(end);
    }

    unsafe fn free<F: Future>(cell: NonNull<Cell<F, Self>>) {
        // SAFETY: a cell with this home lives in a slab for S; the contract of this function.
        unsafe { Slab::<S>::free(cell.cast::<Header>()) };
    }
}
