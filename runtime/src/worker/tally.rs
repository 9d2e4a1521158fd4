//! The books: every spawned task ends in exactly one column.

use crate::task::End;
use primitives::shim::CachePadded;
use primitives::shim::atomic::{AtomicU64, Ordering};

/// How many tasks a runtime has spawned, and what became of them.
///
/// `spawned == finished + cancelled + panicked + live` holds at every moment at which no task is
/// just being spawned or completed. Closures of `spawn_blocking` are not counted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TaskTally {
    /// Tasks spawned.
    pub spawned: u64,
    /// Tasks whose future returned.
    pub finished: u64,
    /// Tasks whose future was dropped before it was done.
    pub cancelled: u64,
    /// Tasks whose future panicked.
    pub panicked: u64,
    /// Tasks that have not ended.
    pub live: u64,
}

/// One worker's share of the books, or that of all other threads.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    columns: CachePadded<Columns>,
}

#[derive(Debug, Default)]
struct Columns {
    spawned: AtomicU64,
    finished: AtomicU64,
    cancelled: AtomicU64,
    panicked: AtomicU64,
}

// ORDERING (this whole file): counters order nothing; every access is Relaxed.
impl Tally {
    /// Counts for the worker that owns this tally: no other thread may, so a load and a store do
    /// instead of a locked addition.
    #[inline]
    pub(crate) fn count_own_spawn(&self) {
        bump(&self.columns.spawned);
    }

    /// Counts for the owner, as above.
    #[inline]
    pub(crate) fn count_own_end(&self, end: End) {
        bump(self.column(end));
    }

    /// Counts for any thread.
    pub(crate) fn count_spawn(&self) {
        self.columns.spawned.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts for any thread.
    pub(crate) fn count_end(&self, end: End) {
        self.column(end).fetch_add(1, Ordering::Relaxed);
    }

    /// Adds this share to a sum.
    pub(crate) fn add_to(&self, sum: &mut TaskTally) {
        sum.spawned += self.columns.spawned.load(Ordering::Relaxed);
        sum.finished += self.columns.finished.load(Ordering::Relaxed);
        sum.cancelled += self.columns.cancelled.load(Ordering::Relaxed);
        sum.panicked += self.columns.panicked.load(Ordering::Relaxed);
    }

    fn column(&self, end: End) -> &AtomicU64 {
        match end {
            End::Finished => &self.columns.finished,
            End::Cancelled => &self.columns.cancelled,
            End::Panicked => &self.columns.panicked,
        }
    }
}

#[inline]
fn bump(column: &AtomicU64) {
    column.store(column.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}
