//! What a queue counts about itself.

use primitives::shim::atomic::{AtomicU64, Ordering};

/// How much went through a [`WorkStealingQueue`](super::WorkStealingQueue).
///
/// The figures are read one after another while the queue is in use, so they may be a few
/// operations apart; once the queue rests, `enqueued == dequeued + stolen + len`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Items the owner pushed.
    pub enqueued: u64,
    /// Items the owner took out, at either end.
    pub dequeued: u64,
    /// Items thieves took.
    pub stolen: u64,
    /// Attempts of thieves, successful or not.
    pub steal_attempts: u64,
}

/// The counters behind [`QueueStats`]. Each is written by one side only.
#[derive(Debug)]
pub(super) struct Counters {
    enqueued: AtomicU64,
    dequeued: AtomicU64,
    stolen: AtomicU64,
    steal_attempts: AtomicU64,
}

// ORDERING (this whole file): counters order nothing; every access is Relaxed. The owner's two
// have a single writer, so a load and a store do instead of a locked addition.
impl Counters {
    pub(super) fn new() -> Self {
        Self {
            enqueued: AtomicU64::new(0),
            dequeued: AtomicU64::new(0),
            stolen: AtomicU64::new(0),
            steal_attempts: AtomicU64::new(0),
        }
    }

    /// Only the owner calls this.
    #[inline]
    pub(super) fn count_enqueued(&self) {
        self.enqueued.store(self.enqueued.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// Only the owner calls this.
    #[inline]
    pub(super) fn count_dequeued(&self) {
        self.dequeued.store(self.dequeued.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// Any thief: one call to steal that tried `attempts` times and took `stolen` items.
    pub(super) fn count_theft(&self, attempts: u64, stolen: u64) {
        self.steal_attempts.fetch_add(attempts, Ordering::Relaxed);
        if stolen > 0 {
            self.stolen.fetch_add(stolen, Ordering::Relaxed);
        }
    }

    pub(super) fn snapshot(&self) -> QueueStats {
        QueueStats {
            enqueued: self.enqueued.load(Ordering::Relaxed),
            dequeued: self.dequeued.load(Ordering::Relaxed),
            stolen: self.stolen.load(Ordering::Relaxed),
            steal_attempts: self.steal_attempts.load(Ordering::Relaxed),
        }
    }
}
