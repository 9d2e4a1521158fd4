//! A static rule on two figures of the machine.

use graph_runtime::adaptive::{ConcurrencyController, Decision, LimitReason, Window};
use graph_runtime::{ResourceMonitor, Timestamp};
use std::fmt;
use std::sync::Arc;

/// Twice the cores if they wait for disks, half if they are busy, else the cores.
pub(crate) struct Rule {
    cores: usize,
    monitor: Arc<ResourceMonitor>,
}

impl Rule {
    pub(crate) fn new(cores: usize, monitor: Arc<ResourceMonitor>) -> Self {
        Self { cores, monitor }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("cores", &self.cores).finish_non_exhaustive()
    }
}

impl ConcurrencyController for Rule {
    fn limit(&self) -> usize {
        self.cores
    }

    fn observe(&mut self, _window: &Window, _now: Timestamp) -> Decision {
        let sample = self.monitor.latest();
        if sample.io_wait.is_some_and(|share| share > 0.3) {
            Decision { limit: 2 * self.cores, reason: LimitReason::Headroom }
        } else if sample.cpu_utilization.is_some_and(|share| share > 0.8) {
            Decision { limit: (self.cores / 2).max(1), reason: LimitReason::CpuBusy }
        } else {
            Decision { limit: self.cores, reason: LimitReason::Best }
        }
    }
}
