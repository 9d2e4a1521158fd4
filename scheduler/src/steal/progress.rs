//! How far a worker has come, for whoever watches over it.

use primitives::shim::atomic::{AtomicU64, Ordering};

/// The number of the step that a worker is in, and the step in which it was found stuck.
///
/// # Protocol
///
/// The worker stores the number of each step. An observer that reads the same number twice, some
/// time apart, marks it; from then on, and until the next step, the worker counts as stuck, and
/// others may take what it keeps for itself. After marking, the observer has to announce, as after
/// queueing an item ([`Idle::wake_one`](super::Idle::wake_one), which fences): a worker on its way
/// to sleep then either sees the mark in its last look, or is woken.
///
/// All accesses are Relaxed: a worker that gets going at the very moment at which it is marked
/// loses what others take from it, which it may at any time.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::steal::Progress;
///
/// let progress = Progress::default();
/// progress.set(7);
/// let first = progress.get();
/// assert!(!progress.is_stuck());
/// progress.mark_stuck(first);
/// assert!(progress.is_stuck());
/// progress.set(8);
/// assert!(!progress.is_stuck());
/// ```
#[derive(Debug)]
pub struct Progress {
    step: AtomicU64,
    stuck_at: AtomicU64,
}

impl Default for Progress {
    /// A worker before its first step.
    fn default() -> Self {
        Self { step: AtomicU64::new(0), stuck_at: AtomicU64::new(u64::MAX) }
    }
}

impl Progress {
    /// The worker is about to begin a step. Numbers must not repeat.
    #[inline]
    pub fn set(&self, step: u64) {
        // ORDERING: Relaxed, as said above.
        self.step.store(step, Ordering::Relaxed);
    }

    /// The step that the worker is in, or sleeps after.
    #[inline]
    pub fn get(&self) -> u64 {
        // ORDERING: Relaxed, as said above.
        self.step.load(Ordering::Relaxed)
    }

    /// The worker has been in `step` for too long.
    pub fn mark_stuck(&self, step: u64) {
        // ORDERING: Relaxed, as said above.
        self.stuck_at.store(step, Ordering::Relaxed);
    }

    /// Whether the worker is still in the step in which it was found stuck.
    #[inline]
    pub fn is_stuck(&self) -> bool {
        // ORDERING: Relaxed, as said above.
        self.stuck_at.load(Ordering::Relaxed) == self.get()
    }
}
