//! Where the sampler leaves its latest sample for everybody.

use super::workers::Workers;
use crate::{Sample, Warning};
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicBool, AtomicU64, Ordering};

/// The most warnings that are kept. The sampler reads fewer files, unless cgroups are nested deeply
/// or it is moved between them; what comes then is dropped.
const WARNINGS_MAX: usize = 64;

/// The latest sample, and how many there have been.
#[derive(Debug, Default)]
pub(crate) struct Board {
    /// Held for the length of one copy, never while anything is read from the system. So neither
    /// side ever waits for the other's work.
    latest: Mutex<Sample>,
    samples: AtomicU64,
    memory_readings: AtomicU64,
    is_memory_wanted: AtomicBool,
    panics: AtomicU64,
    warnings: Mutex<Vec<Warning>>,
    workers: Workers,
}

impl Board {
    pub(crate) fn post(&self, sample: Sample) {
        *self.latest.lock() = sample;
        // ORDERING: a count for people to read; it publishes nothing.
        self.samples.fetch_add(1, Ordering::Relaxed);
        if sample.memory_age.is_zero() {
            // ORDERING: Release. Whoever knows of this reading finds it, or a later one, in
            // `latest`.
            self.memory_readings.fetch_add(1, Ordering::Release);
        }
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

    pub(crate) fn memory_readings(&self) -> u64 {
        // ORDERING: Acquire, for the Release in `post`.
        self.memory_readings.load(Ordering::Acquire)
    }

    /// Has memory read for the next sample. One load if that is so already.
    pub(crate) fn want_memory(&self) {
        // ORDERING: Relaxed here and below. A wish, which hands over nothing; one that is missed
        // comes again.
        if !self.is_memory_wanted.load(Ordering::Relaxed) {
            self.is_memory_wanted.store(true, Ordering::Relaxed);
        }
    }

    /// Whether memory was wanted since the last such call.
    pub(crate) fn take_memory_wanted(&self) -> bool {
        self.is_memory_wanted.load(Ordering::Relaxed)
            && self.is_memory_wanted.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn panics(&self) -> u64 {
        // ORDERING: as above.
        self.panics.load(Ordering::Relaxed)
    }

    pub(crate) fn warn(&self, warning: Warning) {
        let mut warnings = self.warnings.lock();
        if warnings.len() < WARNINGS_MAX {
            warnings.push(warning);
        }
    }

    pub(crate) fn warnings(&self) -> Vec<Warning> {
        self.warnings.lock().clone()
    }

    pub(crate) fn workers(&self) -> &Workers {
        &self.workers
    }
}
