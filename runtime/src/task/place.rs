//! Where a task's cell lives, and how it finds its scheduler from there.

use super::annotation::Annotation;
use super::cell::Header;
use super::runnable::{End, RawTask, Runnable, Schedule};
use super::slab::{self, Slab};
use super::state::Stamp;
use scheduler::steal::Urgency;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// The home of a cell. One lives in every cell.
pub(super) trait Place: Send + Sync + Sized + 'static {
    /// References that the home itself holds on a task that has not ended.
    const REFERENCES: usize;

    /// Hands the task to its scheduler. `self` may be gone as soon as the scheduler has let go of
    /// the runnable.
    fn schedule(&self, runnable: Runnable);

    /// The same, for a task that is queued by its urgency, where there is such an order.
    fn schedule_by(&self, runnable: Runnable, urgency: Urgency) {
        let _ = urgency;
        self.schedule(runnable);
    }

    /// A task that woke itself is to be queued again: by the caller, if it comes back.
    fn requeue(&self, runnable: Runnable) -> Option<Runnable> {
        Some(runnable)
    }

    /// The time, for the task that is about to be queued for the first time.
    fn stamp(&self) -> Stamp;

    /// The task has its output and is about to say so.
    fn retire(&self, task: RawTask, end: End);

    /// What the task says about itself.
    fn annotation(&self) -> Option<&Annotation> {
        None
    }

    /// Gives the memory of a cell back.
    ///
    /// # Safety
    ///
    /// The cell has a home of this type, which put it there; no reference is left, and nothing in
    /// it has to be dropped.
    unsafe fn free<C>(cell: NonNull<C>);
}

/// In a box of its own, with its own handle to the scheduler.
pub(super) struct Boxed<S>(pub(super) S);

impl<S: Schedule> Place for Boxed<S> {
    const REFERENCES: usize = 0;

    fn schedule(&self, runnable: Runnable) {
        self.0.schedule(runnable);
    }

    fn stamp(&self) -> Stamp {
        self.0.stamp()
    }

    fn retire(&self, task: RawTask, end: End) {
        self.0.retire(task, end);
    }

    unsafe fn free<C>(cell: NonNull<C>) {
        // SAFETY: a cell with this home came from a box, and nobody uses it any more.
        drop(unsafe { Box::from_raw(cell.cast::<MaybeUninit<C>>().as_ptr()) });
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

    /// The time, for the task that is about to be queued for the first time.
    fn stamp(&self) -> Stamp;

    /// The task with this number in the list has its output and is about to say so.
    fn retire(&self, task: RawTask, number: usize, end: End);
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

    fn stamp(&self) -> Stamp {
        self.keeper.stamp()
    }

    fn retire(&self, task: RawTask, end: End) {
        self.keeper.retire(task, self.number, end);
    }

    unsafe fn free<C>(cell: NonNull<C>) {
        // SAFETY: as for `Boxed`.
        drop(unsafe { Box::from_raw(cell.cast::<MaybeUninit<C>>().as_ptr()) });
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

    fn schedule_by(&self, runnable: Runnable, urgency: Urgency) {
        // SAFETY: as above.
        unsafe { slab::scheduler::<S>(runnable.task()) }.schedule_by(runnable, urgency);
    }

    fn stamp(&self) -> Stamp {
        // A slab stamps its tasks itself.
        Stamp::default()
    }

    fn retire(&self, task: RawTask, end: End) {
        // SAFETY: as above; the caller has a reference.
        unsafe { slab::scheduler::<S>(task) }.retire(task, end);
    }

    unsafe fn free<C>(cell: NonNull<C>) {
        // SAFETY: a cell with this home lives in a slab for S; the contract of this function.
        unsafe { Slab::<S>::free(cell.cast::<Header>()) };
    }
}

/// In another home, and with something to say.
pub(super) struct Annotated<P> {
    home: P,
    annotation: Annotation,
}

impl<P> Annotated<P> {
    pub(super) const fn new(home: P, annotation: Annotation) -> Self {
        Self { home, annotation }
    }
}

impl<P: Place> Place for Annotated<P> {
    const REFERENCES: usize = P::REFERENCES;

    fn schedule(&self, runnable: Runnable) {
        match self.annotation.order() {
            Some(urgency) => self.home.schedule_by(runnable, urgency),
            None => self.home.schedule(runnable),
        }
    }

    fn schedule_by(&self, runnable: Runnable, urgency: Urgency) {
        self.home.schedule_by(runnable, urgency);
    }

    fn requeue(&self, runnable: Runnable) -> Option<Runnable> {
        match self.annotation.order() {
            Some(urgency) => {
                self.home.schedule_by(runnable, urgency);
                None
            }
            None => self.home.requeue(runnable),
        }
    }

    fn stamp(&self) -> Stamp {
        self.home.stamp()
    }

    fn retire(&self, task: RawTask, end: End) {
        self.home.retire(task, end);
    }

    fn annotation(&self) -> Option<&Annotation> {
        Some(&self.annotation)
    }

    unsafe fn free<C>(cell: NonNull<C>) {
        // SAFETY: the contract of this function is that of the other.
        unsafe { P::free(cell) };
    }
}
