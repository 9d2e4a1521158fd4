//! Wakers that point straight at the task.

use super::cell::Header;
use super::id::{note_yield, try_id};
use super::runnable::RawTask;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;
use std::task::{RawWaker, RawWakerVTable, Waker};

static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, release);

/// Lets the running task be queued again when its poll returns, as waking it through `waker`
/// would, but without a wake. False if `waker` is not its own: it may be one that somebody has put
/// around it.
pub(super) fn yield_through(waker: &Waker) -> bool {
    if !std::ptr::eq(waker.vtable(), &VTABLE) {
        return false;
    }
    // SAFETY: the vtable tells what the data of a live waker is.
    let id = unsafe { task(waker.data()) }.id();
    if try_id() != Some(id) {
        return false;
    }
    note_yield(waker.data());
    true
}

/// A waker that borrows the caller's reference to the task for the length of a poll.
pub(super) struct BorrowedWaker(ManuallyDrop<Waker>);

impl BorrowedWaker {
    /// # Safety
    ///
    /// The caller's reference outlives the returned value.
    pub(super) unsafe fn new(header: NonNull<Header>) -> Self {
        let raw = RawWaker::new(header.as_ptr().cast_const().cast(), &VTABLE);
        // SAFETY: the vtable keeps the contract of RawWaker; the waker is never dropped, so it
        // does not give back a reference that it does not own.
        Self(ManuallyDrop::new(unsafe { Waker::from_raw(raw) }))
    }
}

impl Deref for BorrowedWaker {
    type Target = Waker;

    fn deref(&self) -> &Waker {
        &self.0
    }
}

/// # Safety
///
/// `data` is the pointer of a waker made here, whose reference is held.
unsafe fn task(data: *const ()) -> RawTask {
    // SAFETY: `BorrowedWaker::new` put a non-null pointer to a header there.
    unsafe { RawTask::from_ptr(NonNull::new_unchecked(data.cast_mut().cast())) }
}

unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: called with the data of a live waker.
    unsafe { task(data) }.header().state.retain();
    RawWaker::new(data, &VTABLE)
}

unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: called with the data of a live waker.
    unsafe { task(data) }.wake();
}

unsafe fn wake(data: *const ()) {
    // SAFETY: called with the data of a waker that is used up, so the reference is ours to give.
    unsafe { task(data).wake_last() };
}

unsafe fn release(data: *const ()) {
    // SAFETY: called with the data of a waker that is used up, so the reference is ours to give.
    unsafe { task(data).release(1) };
}
