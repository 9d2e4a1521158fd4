//! How many senders a channel has.

use primitives::shim::atomic::{AtomicUsize, Ordering};

/// Senders, of which the last to go closes the channel, and weak ones, which do not count for that.
pub(super) struct Senders {
    strong: AtomicUsize,
    weak: AtomicUsize,
}

impl Senders {
    /// The first one.
    pub(super) fn one() -> Self {
        Self { strong: AtomicUsize::new(1), weak: AtomicUsize::new(0) }
    }

    #[inline]
    pub(super) fn add(&self) {
        // ORDERING: Relaxed; whoever adds one has one, so the count does not become 0.
        self.strong.fetch_add(1, Ordering::Relaxed);
    }

    /// Adds one unless the last is gone.
    pub(super) fn try_add(&self) -> bool {
        // ORDERING: only a guess at what the exchange will find.
        let mut strong = self.strong.load(Ordering::Relaxed);
        while strong > 0 {
            // ORDERING: Relaxed as in `add`; the count was not 0.
            match self.strong.compare_exchange_weak(
                strong,
                strong + 1,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(found) => strong = found,
            }
        }
        false
    }

    /// One goes. True if it was the last.
    #[inline]
    #[must_use = "the last one closes the channel"]
    pub(super) fn remove(&self) -> bool {
        // ORDERING: Release puts what this sender has done before the end of the channel, which
        // another one brings about when it goes; Acquire is that one's side.
        self.strong.fetch_sub(1, Ordering::AcqRel) == 1
    }

    #[inline]
    pub(super) fn count(&self) -> usize {
        // ORDERING: Acquire: whoever sees that the last one is gone sees what it sent.
        self.strong.load(Ordering::Acquire)
    }

    pub(super) fn add_weak(&self) {
        // ORDERING: a statistic.
        self.weak.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn remove_weak(&self) {
        // ORDERING: a statistic.
        self.weak.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn weak(&self) -> usize {
        // ORDERING: a statistic.
        self.weak.load(Ordering::Relaxed)
    }
}
