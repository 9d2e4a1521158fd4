//! Where the sampler leaves its latest sample for everybody.

use crate::Sample;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicU64, Ordering};

/// The latest sample, and how many there have been.
#[derive(Debug, Default)]
pub(crate) struct Board {
    /// Held for the length of one copy, never while anything is read from the system. So neither
    /// side ever waits for the other's work.
    latest: Mutex<Sample>,
    samples: AtomicU64,
    panics: AtomicU64,
}

impl Board {
    pub(crate) fn post(&self, sample: Sample) {
        *self.latest.lock() = sample;
        // ORDERING: a count for people to read; it publishes nothing.
        self.samples.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn latest(&self) -> Sample {
        *self.latest.lock()
    }

    pub(crate) fn count_panic(&self) {
        // ORDERING: as above.
        self.panics.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn samples(&self) -> u64 {
        // ORDERING: as above.
        self.samples.load(Ordering::Relaxed)
    }

    pub(crate) fn panics(&self) -> u64 {
        // ORDERING: as above.
        self.panics.load(Ordering::Relaxed)
    }
}
