//! What somebody does who holds no reference, but knows where the cell is.

use super::{COMPLETE, QUEUED, REF_ONE, RUNNING, STAMP_SHIFT, Stamp, State};
use primitives::shim::Mutant;
use primitives::shim::atomic::{AtomicUsize, Ordering};

/// What a task is doing at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Running,
    Queued,
    Waiting,
    Ended,
}

/// A look at a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glimpse {
    pub(crate) doing: Doing,
    /// When its poll began; or when its last poll ended, or it was spawned.
    pub(crate) since: Stamp,
}

impl State {
    /// Of a cell without a task.
    pub(in crate::task) fn vacant() -> Self {
        Self(AtomicUsize::new(COMPLETE))
    }

    /// A new task has been put into a cell that was vacant: from here on others may
    /// [pin](Self::pin) it.
    #[inline]
    pub(in crate::task) fn publish(&self, references: usize, now: Stamp) {
        // ORDERING: Release publishes the cell to the Acquire in `pin`.
        let order = Mutant::SlabPublishRelease.weaken(Ordering::Release);
        self.0.store(Self::queued(references, now), order);
    }

    /// One more reference to a task that has not completed. False if there is none. May be asked of
    /// any cell that was ever in use, vacant ones included.
    #[must_use]
    pub(in crate::task) fn pin(&self) -> bool {
        // ORDERING: Acquire, here and below, pairs with the Release in `publish`: the cell is read
        // next.
        let mut word = self.0.load(Ordering::Acquire);
        // A vacant cell is left alone: its owner may be storing the word of a new task.
        while word & COMPLETE == 0 || Mutant::TaskPinGone.is_active() {
            let pinned = word + REF_ONE;
            match self.0.compare_exchange_weak(word, pinned, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(actual) => word = actual,
            }
        }
        false
    }

    /// What a pinned task is doing, and since when.
    pub(in crate::task) fn glimpse(&self) -> Glimpse {
        // ORDERING: Relaxed; a report of one moment.
        let word = self.0.load(Ordering::Relaxed);
        let doing = if word & COMPLETE != 0 {
            Doing::Ended
        } else if word & RUNNING != 0 {
            Doing::Running
        } else if word & QUEUED != 0 {
            Doing::Queued
        } else {
            Doing::Waiting
        };
        Glimpse { doing, since: Stamp::from_bits(word >> STAMP_SHIFT) }
    }
}
