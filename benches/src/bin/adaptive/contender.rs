//! Who decides how many tasks are in flight.

use graph_runtime::adaptive::{ConcurrencyController, Decision, LimitReason, Window};
use graph_runtime::executor::Controller;
use graph_runtime::{ExecutorConfig, ResourceMonitor, Timestamp};
use std::fmt;
use std::sync::Arc;

/// The most in flight, for everybody.
pub(crate) const MOST: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    Fixed(usize),
    /// Twice the cores if they wait for disks, half if they are busy, else the cores.
    Rule,
    Prober,
    Gradient2,
    Vegas,
    Aimd,
}

impl Contender {
    /// All of them: the prober first, whose time bounds that of the others.
    pub(crate) fn all(cores: usize) -> Vec<Self> {
        let mut limits: Vec<_> =
            (0..).map(|power| 1 << power).take_while(|&it| it <= MOST).collect();
        limits.extend([cores, 2 * cores].into_iter().filter(|it| !it.is_power_of_two()));
        let controllers = [Self::Prober, Self::Gradient2, Self::Vegas, Self::Aimd, Self::Rule];
        controllers.into_iter().chain(limits.into_iter().map(Self::Fixed)).collect()
    }

    pub(crate) fn config(self, monitor: &Arc<ResourceMonitor>, cores: usize) -> ExecutorConfig {
        let controller = match self {
            Self::Fixed(limit) => {
                return ExecutorConfig { max_in_flight: limit, ..ExecutorConfig::default() };
            }
            Self::Prober => Controller::Prober,
            Self::Gradient2 => Controller::Gradient2,
            Self::Vegas => Controller::Vegas,
            Self::Aimd => Controller::Aimd,
            Self::Rule => {
                let monitor = Arc::clone(monitor);
                Controller::custom(move |_| Box::new(Rule { cores, monitor: Arc::clone(&monitor) }))
            }
        };
        ExecutorConfig {
            adaptive_scheduling: true,
            controller,
            max_in_flight: MOST,
            ..ExecutorConfig::default()
        }
    }
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(limit) => write!(f, "fixed {limit}"),
            Self::Rule => f.write_str("rule on I/O wait and CPU"),
            Self::Prober => f.write_str("prober"),
            Self::Gradient2 => f.write_str("gradient2"),
            Self::Vegas => f.write_str("vegas"),
            Self::Aimd => f.write_str("aimd"),
        }
    }
}

/// A static rule on two figures of the machine.
struct Rule {
    cores: usize,
    monitor: Arc<ResourceMonitor>,
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
