//! The memory of a task.

use super::live::Links;
use super::runnable::{Cause, Schedule};
use super::state::State;
use super::{Id, JoinError};
use primitives::shim::UnsafeCell;
use std::panic::Location;
use std::ptr::NonNull;
use std::task::Waker;

/// What is the same for every task, so that queues and wakers need not know the future's type.
pub(super) struct Header {
    pub(super) state: State,
    pub(super) vtable: &'static VTable,
    /// Rule 7.
    pub(super) links: UnsafeCell<Links>,
    pub(super) id: Id,
    /// Where the task was spawned.
    pub(super) site: &'static Location<'static>,
}

/// The operations that need the future's type. All take a pointer to the header of a live cell.
pub(super) struct VTable {
    /// Polls or cancels a task taken out of a queue, and uses up the entry's reference.
    pub(super) run: unsafe fn(NonNull<Header>),
    /// Hands the task to its scheduler, with a reference that was added for the queue entry.
    pub(super) schedule: unsafe fn(NonNull<Header>, Cause),
    /// Drops the future of a task that was claimed, and completes it as cancelled.
    pub(super) cancel: unsafe fn(NonNull<Header>),
    /// Moves the output to the `Option<Result<T, JoinError>>` behind the pointer, or stores the
    /// waker. Only the join handle calls it.
    pub(super) take_output: unsafe fn(NonNull<Header>, *mut (), &Waker),
    /// The join handle goes away.
    pub(super) drop_join: unsafe fn(NonNull<Header>),
    /// Frees the cell. No reference is left.
    pub(super) free: unsafe fn(NonNull<Header>),
}

/// A whole task. `repr(C)`: a pointer to the cell is a pointer to its header.
#[repr(C)]
pub(super) struct Cell<F: Future, S: Schedule> {
    pub(super) header: Header,
    /// Rule 1.
    pub(super) scheduler: S,
    /// Rules 2 and 3.
    pub(super) stage: UnsafeCell<Stage<F>>,
    /// Rules 4 to 6.
    pub(super) join_waker: UnsafeCell<Option<Waker>>,
}

/// What the future has become.
pub(super) enum Stage<F: Future> {
    Future(F),
    Output(Result<F::Output, JoinError>),
    Gone,
}
