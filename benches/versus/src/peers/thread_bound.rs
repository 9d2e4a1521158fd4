//! Values of single-thread runtimes among code that asks for `Send`.
//!
//! The only unsafe code of the bench.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

thread_local! {
    /// The thread's number, 0 until it has one. No two threads ever have the same.
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

/// A value that may be moved to another thread but neither used nor dropped there.
///
/// Workloads are written for runtimes that move tasks between threads. One that does not has
/// futures and sockets that are not `Send`; in here they pass, and a single comparison per use
/// makes sure that they have not moved.
pub(super) struct ThreadBound<T> {
    home: u64,
    value: ManuallyDrop<T>,
}

// SAFETY: every use and the drop check that they are on the thread the value was made on, and
// panic or leak otherwise.
unsafe impl<T> Send for ThreadBound<T> {}

// SAFETY: as above: a reference gives access on the value's own thread only.
unsafe impl<T> Sync for ThreadBound<T> {}

impl<T> ThreadBound<T> {
    /// Binds a value to the calling thread.
    pub(super) fn new(value: T) -> Self {
        Self { home: here(), value: ManuallyDrop::new(value) }
    }

    /// The value.
    ///
    /// # Panics
    ///
    /// On another thread.
    #[inline]
    pub(super) fn get(&self) -> &T {
        self.check();
        &self.value
    }

    /// The value, to be changed.
    ///
    /// # Panics
    ///
    /// On another thread.
    #[inline]
    pub(super) fn get_mut(&mut self) -> &mut T {
        self.check();
        &mut self.value
    }

    #[inline]
    fn check(&self) {
        assert!(self.home == here(), "a value of a single-thread runtime was moved");
    }
}

/// The calling thread's number.
#[inline]
fn here() -> u64 {
    match NUMBER.get() {
        0 => draw(),
        number => number,
    }
}

#[cold]
fn draw() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    // ORDERING: numbers only have to differ.
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    NUMBER.set(number);
    number
}

impl<F: Future> Future for ThreadBound<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.check();
        // SAFETY: the value is never moved out of a pinned wrapper, and dropped in place.
        unsafe { self.map_unchecked_mut(|it| &mut *it.value) }.poll(context)
    }
}

impl<T> Drop for ThreadBound<T> {
    fn drop(&mut self) {
        if self.home == here() {
            // SAFETY: it is dropped once, here, on its own thread.
            unsafe { ManuallyDrop::drop(&mut self.value) }
        }
    }
}
