//! Telling threads apart, cheaply.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of the thread that comes next. Not loom's: numbers only have to differ.
static NEXT: AtomicU64 = AtomicU64::new(1);

#[cfg(not(loom))]
std::thread_local! {
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}
#[cfg(loom)]
loom::thread_local! {
    static NUMBER: Cell<u64> = Cell::new(0);
}

/// The calling thread's number. No two threads ever have the same, and none has 0.
#[inline]
pub fn number() -> u64 {
    NUMBER.with(|number| match number.get() {
        0 => first_time(number),
        assigned => assigned,
    })
}

#[cold]
fn first_time(number: &Cell<u64>) -> u64 {
    number.set(NEXT.fetch_add(1, Ordering::Relaxed));
    number.get()
}
