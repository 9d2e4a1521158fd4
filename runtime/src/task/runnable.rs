//! Tasks as queues, lists and schedulers see them.

use super::annotation::Annotation;
use super::cell::{Cell, Header, Stage};
use super::coop::Resource;
use super::harness::vtable;
use super::place::{Annotated, Boxed, Keeper, Listed, Place};
use super::slab::Slab;
use super::state::{CoarseClock, Glimpse, LastWake, STOPPED, Stamp, Wake};
use super::{Id, JoinHandle};
use primitives::shim::UnsafeCell;
use scheduler::steal::{Urgency, Word};
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr::NonNull;

/// A task's way back into a queue, and its way out of the books: a reference-counted handle to
/// whatever runs the tasks.
pub trait Schedule: Send + Sync + Sized + 'static {
    /// Queues a task that has to be polled.
    ///
    /// Once the runnable is let go, another thread may run the task to its end, and with the last
    /// task of a runtime that is shut down its scheduler goes as well: `self` must not be used
    /// afterwards, unless something else is known to keep it.
    fn schedule(&self, runnable: Runnable);

    /// Queues a task that is more, or less, urgent than ordinary ones. As
    /// [`schedule`](Self::schedule) for a scheduler that knows no such order.
    fn schedule_by(&self, runnable: Runnable, urgency: Urgency) {
        let _ = urgency;
        self.schedule(runnable);
    }

    /// The time, for the task that is about to be queued for the first time.
    fn stamp(&self) -> Stamp {
        Stamp::default()
    }

    /// A task has its output and is about to say so.
    fn retire(&self, task: RawTask, end: End);

    /// Calls `f` with the slab of this scheduler whose owner the calling thread is, if it is one.
    fn with_slab<R>(&self, f: impl FnOnce(Option<&Slab<Self>>) -> R) -> R {
        f(None)
    }
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its future returned.
    Finished,
    /// Its future was dropped before it was done.
    Cancelled,
    /// Its future panicked.
    Panicked,
}

/// A pointer to a task of any type, without a reference of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawTask(NonNull<Header>);

// SAFETY: everything reachable through a RawTask is either shared safely (rule 1) or guarded by
// the state word; futures and outputs are Send, which `Slab::spawn` and `new_detached` require, or
// stay on their thread by the contract of `new_listed`.
unsafe impl Send for RawTask {}

impl RawTask {
    /// # Safety
    ///
    /// `ptr` is the header of a cell that lives as long as the result is used.
    pub(super) unsafe fn from_ptr(ptr: NonNull<Header>) -> Self {
        Self(ptr)
    }

    pub(super) fn ptr(self) -> NonNull<Header> {
        self.0
    }

    pub(super) fn header<'a>(self) -> &'a Header {
        // SAFETY: whoever holds a RawTask holds a reference to the task, or borrows one (the
        // contract of `from_ptr`); the header is shared by rule 1.
        unsafe { self.0.as_ref() }
    }

    /// The task's id.
    pub fn id(self) -> Id {
        self.header().id()
    }

    /// Has whoever polls the task next time that. The caller is about to queue it.
    pub(crate) fn mark(self) {
        self.header().mark();
    }

    /// The task's id, and whether it is marked.
    #[inline]
    pub(crate) fn id_and_mark(self) -> (Id, bool) {
        self.header().id_and_mark()
    }

    /// Where the task was spawned.
    pub fn site(self) -> &'static Location<'static> {
        self.header().site
    }

    /// What the task says about itself. The caller holds a reference for as long as it looks.
    pub(crate) fn annotation<'a>(self) -> Option<&'a Annotation> {
        // SAFETY: the reference keeps the cell, and with it what stands in it and never changes.
        unsafe { (self.header().vtable().annotation)(self.0).map(|it| it.as_ref()) }
    }

    /// Takes a reference to a task that may have ended, or never been. `None` if so.
    ///
    /// # Safety
    ///
    /// There is a state word, and its memory stays for the length of the call.
    pub(super) unsafe fn pin(self) -> Option<Pinned> {
        // SAFETY: the contract above. Only the state word is looked at before there is a reference.
        unsafe { (*self.0.as_ptr()).state.pin() }.then(|| Pinned(self))
    }

    /// Queues the task unless it is queued or complete.
    #[inline]
    pub(super) fn wake(self) {
        if self.header().state.wake() == Wake::Schedule {
            self.schedule();
        }
    }

    /// The same, and gives back a reference.
    ///
    /// # Safety
    ///
    /// The reference is the caller's, and the task is not used through it afterwards.
    #[inline]
    pub(super) unsafe fn wake_last(self) {
        match self.header().state.wake_last() {
            LastWake::Schedule => self.schedule(),
            LastWake::Nothing => {}
            // SAFETY: no reference is left.
            LastWake::Free => unsafe { (self.header().vtable().free)(self.0) },
        }
    }

    /// Asks for the task's future to be dropped.
    pub(super) fn abort(self) {
        if self.header().state.abort() == Wake::Schedule {
            self.schedule();
        }
    }

    /// Hands the task to its scheduler, with a reference that a transition has added or that the
    /// caller gives away.
    fn schedule(self) {
        // SAFETY: the cell is alive until the queue entry's reference is let go.
        unsafe { (self.header().vtable().schedule)(self.0) }
    }

    /// Drops the future here and now, unless a thread is polling it; that one will.
    pub(super) fn shut_down(self) {
        if self.header().state.claim_idle() {
            // SAFETY: the claim succeeded, so RUNNING is ours.
            unsafe { (self.header().vtable().cancel)(self.0) }
        }
    }

    /// Gives back `count` references and frees the cell with the last.
    ///
    /// # Safety
    ///
    /// The references are the caller's, and the task is not used through them afterwards.
    pub(super) unsafe fn release(self, count: usize) {
        if self.header().state.release(count) {
            // SAFETY: no reference is left.
            unsafe { (self.header().vtable().free)(self.0) }
        }
    }
}

/// A reference to a task, for whoever looks at it.
#[derive(Debug)]
pub struct Pinned(RawTask);

impl Pinned {
    /// The task, without its reference.
    pub fn task(&self) -> RawTask {
        self.0
    }

    /// The task's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.0.annotation().and_then(|annotation| annotation.name.as_deref())
    }

    /// What it is doing.
    pub(crate) fn glimpse(&self) -> Glimpse {
        self.0.header().state.glimpse()
    }

    /// What it waited for when its last poll ended.
    pub(crate) fn waits_for(&self) -> Resource {
        self.0.header().noted()
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // SAFETY: the reference that `pin` took.
        unsafe { self.0.release(1) }
    }
}

/// A task that waits in a queue to be polled. It owns one reference.
///
/// Dropping it instead of running it cancels the task.
#[derive(Debug)]
#[must_use = "a runnable that is dropped is cancelled"]
pub struct Runnable(RawTask);

impl Runnable {
    /// Takes over one reference.
    pub(super) fn from_raw(task: RawTask) -> Self {
        Self(task)
    }

    /// The task, without its reference.
    pub fn task(&self) -> RawTask {
        self.0
    }

    /// Polls the task once, or drops its future if it was aborted. A task that woke itself
    /// meanwhile comes back, to be queued behind everything that waits already.
    #[must_use = "a task that woke itself has to be queued again"]
    pub fn run(self) -> Option<Self> {
        self.run_at(&STOPPED)
    }

    /// The same, and says when it began and ended.
    #[inline]
    pub(crate) fn run_at(self, clock: &CoarseClock) -> Option<Self> {
        let task = ManuallyDrop::new(self).0;
        // SAFETY: the runnable's reference is used up.
        unsafe { (task.header().vtable().run)(task.ptr(), clock) }
    }
}

impl Drop for Runnable {
    fn drop(&mut self) {
        self.0.shut_down();
        // SAFETY: the runnable's reference is given back.
        unsafe { self.0.release(1) }
    }
}

// SAFETY: a Runnable is one non-null pointer, whose reference moves with it.
unsafe impl Word for Runnable {
    fn into_word(self) -> *mut () {
        ManuallyDrop::new(self).0.ptr().as_ptr().cast()
    }

    unsafe fn from_word(word: *mut ()) -> Self {
        // SAFETY: the word came from `into_word`, and so is not null and owns a reference.
        Self(RawTask(unsafe { NonNull::new_unchecked(word.cast()) }))
    }
}

/// A new task that is on no list: it lives in a queue until it has run once.
pub fn new_detached<F, S>(
    future: F,
    scheduler: S,
    site: &'static Location<'static>,
) -> (Runnable, JoinHandle<F::Output>)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
    S: Schedule,
{
    boxed(future, Boxed(scheduler), site)
}

/// As [`new_detached`], with something to say.
pub(crate) fn new_detached_annotated<F, S>(
    future: F,
    scheduler: S,
    site: &'static Location<'static>,
    annotation: Annotation,
) -> (Runnable, JoinHandle<F::Output>)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
    S: Schedule,
{
    boxed(future, Annotated::new(Boxed(scheduler), annotation), site)
}

fn boxed<F: Future, P: Place>(
    future: F,
    place: P,
    site: &'static Location<'static>,
) -> (Runnable, JoinHandle<F::Output>) {
    let cell = Box::new(new_cell(future, place, site));
    let task = RawTask(NonNull::from(Box::leak(cell)).cast());
    (Runnable(task), JoinHandle::from_raw(task))
}

/// A new task that only one thread runs, with a number in its keeper's list.
///
/// # Safety
///
/// Until the task is complete, its runnables are run and dropped, and it is [shut
/// down](RawTask::shut_down), by the calling thread only; or, if the future is Send, by one thread
/// at a time. (A handle to an output that is not Send cannot leave the thread, and so does not drop
/// the output anywhere else.)
pub(crate) unsafe fn new_listed<F, K>(
    future: F,
    keeper: K,
    number: usize,
    site: &'static Location<'static>,
    annotation: Option<Annotation>,
) -> (Runnable, JoinHandle<F::Output>)
where
    F: Future + 'static,
    K: Keeper,
{
    let place = Listed { keeper, number };
    match annotation {
        None => boxed(future, place, site),
        Some(annotation) => boxed(future, Annotated::new(place, annotation), site),
    }
}

/// The cell of a task that is about to be queued, with references for its home, the queue entry
/// and the join handle.
#[inline]
pub(super) fn new_cell<F: Future, P: Place>(
    future: F,
    place: P,
    site: &'static Location<'static>,
) -> Cell<F, P> {
    Cell {
        header: Header::new(P::REFERENCES + 2, vtable::<F, P>(), site, place.stamp()),
        place,
        join_waker: UnsafeCell::new(None),
        stage: UnsafeCell::new(Stage::Future(future)),
    }
}
