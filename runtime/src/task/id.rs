//! Names for tasks that are unique in the process.

use std::cell::Cell;
use std::fmt;
use std::num::NonZeroU64;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

/// Identifies a task, uniquely in this process and for its whole life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(NonZeroU64);

/// Ids are drawn in blocks, so that spawning threads share one counter only now and then.
const BLOCK: u64 = 1024;

/// The first id of the next block. A plain `std` atomic: nothing is published through it.
static NEXT_BLOCK: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static UNUSED: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
    static CURRENT: Cell<Option<Id>> = const { Cell::new(None) };
    /// The data of the waker of the task that has yielded last.
    static YIELDED: Cell<*const ()> = const { Cell::new(ptr::null()) };
}

impl Id {
    /// The next unused id.
    pub(crate) fn next() -> Self {
        let id = UNUSED.with(|unused| {
            let (mut next, mut end) = unused.get();
            if next == end {
                // ORDERING: Relaxed; only uniqueness matters.
                next = NEXT_BLOCK.fetch_add(BLOCK, Ordering::Relaxed);
                end = next + BLOCK;
            }
            unused.set((next + 1, end));
            next
        });
        Self(NonZeroU64::new(id).expect("ids start at 1 and 2^64 of them outlast the machine"))
    }

    pub(super) fn from_bits(bits: u64) -> Self {
        Self(NonZeroU64::new(bits).expect("it was an id's"))
    }

    /// The id that is this number; `None` for 0, which is none.
    pub(crate) fn from_u64(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// The id as a number.
    pub fn as_u64(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of the running task.
///
/// # Panics
///
/// Outside a task; see [`try_id`].
#[track_caller]
pub fn id() -> Id {
    try_id().expect("task::id() is called from inside a task; use task::try_id() elsewhere")
}

/// The id of the running task, if the calling code runs in one.
pub fn try_id() -> Option<Id> {
    CURRENT.try_with(Cell::get).ok().flatten()
}

/// The running task, whose waker has this data, yields: it is to be queued again when its poll
/// returns Pending.
pub(super) fn note_yield(task: *const ()) {
    let _ = YIELDED.try_with(|yielded| yielded.set(task));
}

/// Whether this is the task that has yielded, which is said once.
///
/// If a poll yields and then is ready after all, the note stays, and a later task in the same place
/// may be polled once too often, which a task has to expect.
#[inline]
pub(super) fn take_yield(task: *const ()) -> bool {
    let taken = YIELDED.try_with(|yielded| {
        let taken = ptr::eq(yielded.get(), task);
        if taken {
            yielded.set(ptr::null());
        }
        taken
    });
    taken.unwrap_or(false)
}

/// While it lives, the thread runs the task with the given id.
pub(crate) struct Entered(Option<Id>);

impl Entered {
    pub(crate) fn new(id: Id) -> Self {
        Self(CURRENT.try_with(|current| current.replace(Some(id))).ok().flatten())
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // A thread whose locals are gone has no current task to restore.
        let _ = CURRENT.try_with(|current| current.set(self.0));
    }
}
