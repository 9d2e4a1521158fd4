//! Tasks as queues, lists and schedulers see them.

use super::cell::{Cell, Header, Stage};
use super::harness::vtable;
use super::live::Links;
use super::state::{State, Wake};
use super::{Id, JoinHandle};
use primitives::shim::UnsafeCell;
use scheduler::steal::Word;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr::NonNull;

/// A task's way back into a queue, and its way out of the books.
///
/// One lives in every task; it is a reference-counted handle to whatever runs the tasks.
pub trait Schedule: Send + Sync + 'static {
    /// Queues a task that has to be polled.
    fn schedule(&self, runnable: Runnable, cause: Cause);

    /// The task has its output and is about to say so: counts it, and takes it off the list of
    /// live tasks. True if it was on the list, whose reference the caller then releases.
    fn retire(&self, task: RawTask, end: End) -> bool;
}

/// Why a task has to be polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Something it waited for has happened, or it is to be aborted.
    Woken,
    /// It woke itself while it was being polled: it goes behind everything that waits already.
    Yielded,
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
// the state word; futures and outputs are Send, which `new_live` and `new_detached` require.
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
        self.header().id
    }

    /// Where the task was spawned.
    pub fn site(self) -> &'static Location<'static> {
        self.header().site
    }

    /// Queues the task unless it is queued or complete.
    #[inline]
    pub(super) fn wake(self, cause: Cause) {
        if self.header().state.wake() == Wake::Schedule {
            self.schedule(cause);
        }
    }

    /// Asks for the task's future to be dropped.
    pub(super) fn abort(self) {
        if self.header().state.abort() == Wake::Schedule {
            self.schedule(Cause::Woken);
        }
    }

    /// Hands the task to its scheduler, with a reference that a transition has added.
    pub(super) fn schedule(self, cause: Cause) {
        // SAFETY: the caller holds a reference to the cell for the length of this call.
        unsafe { (self.header().vtable.schedule)(self.0, cause) }
    }

    /// Drops the future here and now, unless a thread is polling it; that one will.
    pub(super) fn shut_down(self) {
        if self.header().state.claim_idle() {
            // SAFETY: the claim succeeded, so RUNNING is ours.
            unsafe { (self.header().vtable.cancel)(self.0) }
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
            unsafe { (self.header().vtable.free)(self.0) }
        }
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

    /// Polls the task once, or drops its future if it was aborted.
    pub fn run(self) {
        let task = ManuallyDrop::new(self).0;
        // SAFETY: the runnable's reference is used up.
        unsafe { (task.header().vtable.run)(task.ptr()) }
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

/// A new task and its three owners: a queue, the list of live tasks, and the join handle.
///
/// The `RawTask` owns a reference that the list must release.
pub(super) fn new_live<F, S>(
    future: F,
    scheduler: S,
    site: &'static Location<'static>,
) -> (Runnable, RawTask, JoinHandle<F::Output>)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
    S: Schedule,
{
    let task = allocate(future, scheduler, site, 3);
    (Runnable(task), task, JoinHandle::from_raw(task))
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
    let task = allocate(future, scheduler, site, 2);
    (Runnable(task), JoinHandle::from_raw(task))
}

fn allocate<F: Future, S: Schedule>(
    future: F,
    scheduler: S,
    site: &'static Location<'static>,
    references: usize,
) -> RawTask {
    let cell = Box::new(Cell {
        header: Header {
            state: State::new(references),
            vtable: vtable::<F, S>(),
            links: UnsafeCell::new(Links::default()),
            id: Id::next(),
            site,
        },
        scheduler,
        stage: UnsafeCell::new(Stage::Future(future)),
        join_waker: UnsafeCell::new(None),
    });
    RawTask(NonNull::from(Box::leak(cell)).cast())
}
