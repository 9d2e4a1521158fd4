//! Sees to it that a blocked worker does not keep its newest task to itself.
//!
//! A new or woken task waits in its worker's LIFO slot, where the others leave it alone: it is
//! most likely about to be run. If the poll under way blocks instead, nobody would come for it.
//! The watch is a thread that looks at every worker's progress each [`PERIOD`]; one that has made
//! no step in between is marked, and if tasks wait there another worker is called to take them.
//!
//! ```text
//!   Resting ◄──────────── the last worker falls asleep (and its own last look, see `turn`)
//!      │ ▲
//!      │ └─ a look finds the runtime still at rest
//!      ▼
//!   Looking, every 10 ms ◄── a worker wakes up
//! ```
//!
//! While all workers sleep, so does the watch, without a timeout. When they do so only for
//! moments it goes on looking, and is not woken each time: it costs one wake-up in 10 ms at most.
//!
//! After Go's monitor thread, sysmon.

use super::Shared;
use primitives::parker::Parker;
use primitives::shim::atomic::{AtomicBool, Ordering};
use scheduler::steal::Rest;
use std::time::Duration;

/// From one look to the next. A worker is stuck if two looks find it in the same step.
const PERIOD: Duration = Duration::from_millis(10);

/// The watch of a runtime, as its workers see it.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    rest: Rest,
    parker: Parker,
    stopped: AtomicBool,
}

impl Watch {
    /// Tells the watch whether all workers sleep.
    pub(super) fn set_idle(&self, idle: bool) {
        if self.rest.set_idle(idle) {
            self.parker.unpark();
        }
    }

    /// Tells the thread to end.
    pub(crate) fn stop(&self) {
        // ORDERING: Release pairs with the Acquire in `is_stopped`; the permit outlasts any sleep
        // that is just beginning.
        self.stopped.store(true, Ordering::Release);
        self.parker.unpark();
    }

    fn is_stopped(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `stop`.
        self.stopped.load(Ordering::Acquire)
    }

    /// The life of the watch's thread.
    pub(crate) fn run(shared: &Shared) {
        let mut seen = vec![u64::MAX; shared.remotes.len()];
        while !shared.watch.is_stopped() {
            shared.watch.wait();
            look(shared, &mut seen);
        }
    }

    /// Until the next look.
    fn wait(&self) {
        if self.rest.begin() && !self.is_stopped() {
            self.parker.park();
        }
        self.rest.end();
        self.parker.park_timeout(PERIOD);
    }
}

/// Marks the workers that have made no step since the last look, calls others for what they hold,
/// and fires their timers: all others may be asleep.
fn look(shared: &Shared, seen: &mut [u64]) {
    // A worker that is stuck does not look at the clock.
    shared.coarse.set(shared.now());
    for (remote, seen) in shared.remotes.iter().zip(seen) {
        let step = remote.progress.get();
        if std::mem::replace(seen, step) != step {
            continue;
        }
        if !(remote.lifo.is_empty() && remote.stealer.is_empty()) {
            remote.progress.mark_stuck(step);
            shared.announce();
        }
        let due_by = shared.now().saturating_sub(PERIOD);
        let _ = remote.reactor.expire_overdue(&|| shared.now(), due_by);
    }
}
