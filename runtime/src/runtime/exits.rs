//! Waiting for threads to end, for a limited time.

use primitives::shim::{Condvar, Mutex};
use std::sync::Arc;
use std::time::Instant;

/// How many threads have not ended. Joining them has no limit; this has.
#[derive(Debug, Default)]
pub(super) struct Exits {
    left: Mutex<usize>,
    none_left: Condvar,
}

/// One thread's part; it is dropped last of all that the thread does.
#[derive(Debug)]
pub(super) struct Exit(Arc<Exits>);

impl Exits {
    /// For a thread that is about to be started. If that fails, it is dropped with its body.
    pub(super) fn expect_one(self: &Arc<Self>) -> Exit {
        *self.left.lock() += 1;
        Exit(Arc::clone(self))
    }

    /// Waits until all threads have ended, or it is `deadline`. Whether they have.
    pub(super) fn wait_until(&self, deadline: Instant) -> bool {
        let mut left = self.left.lock();
        while *left > 0 {
            let patience = deadline.saturating_duration_since(Instant::now());
            if patience.is_zero() {
                return false;
            }
            (left, _) = self.none_left.wait_timeout(left, patience);
        }
        true
    }
}

impl Drop for Exit {
    fn drop(&mut self) {
        let mut left = self.0.left.lock();
        *left -= 1;
        if *left == 0 {
            self.0.none_left.notify_all();
        }
    }
}
