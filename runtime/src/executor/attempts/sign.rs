//! Signs of life.

use crate::executor::inner::Inner;
use crate::seam::Clock;
use primitives::Timestamp;
use primitives::shim::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// When an attempt has last said that it is alive. Nobody is told: whoever wants to know looks.
pub(in crate::executor) struct Sign {
    nanos: AtomicU64,
    clock: Clock,
}

impl Sign {
    /// Of an attempt that begins at `now`.
    pub(in crate::executor) fn new(now: Timestamp, inner: &Inner) -> Arc<Self> {
        let clock = inner.handle.shared().seams.clock.clone();
        Arc::new(Self { nanos: AtomicU64::new(now.as_nanos()), clock })
    }

    pub(in crate::executor) fn give(&self) {
        // ORDERING: Relaxed; nothing is published along with it, and one that comes too late to be
        // seen is as good as one that came a moment later.
        self.nanos.store(self.clock.now().as_nanos(), Ordering::Relaxed);
    }

    pub(in crate::executor) fn last(&self) -> Timestamp {
        // ORDERING: Relaxed, see `give`.
        Timestamp::from_nanos(self.nanos.load(Ordering::Relaxed))
    }
}
