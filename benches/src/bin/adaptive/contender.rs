//! Who decides how many tasks are in flight.

use crate::load::Load;
use crate::rule::Rule;
use graph_runtime::executor::Controller;
use graph_runtime::{ExecutorConfig, ResourceMonitor};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The most in flight, for everybody.
pub(crate) const MOST: usize = 512;

/// The best fixed limit for each kind of work.
pub(crate) type Limits = HashMap<Load, usize>;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Contender {
    Fixed(usize),
    /// Another fixed limit in each phase: the one that is best for it.
    Oracle(Limits),
    /// Twice the cores if they wait for disks, half if they are busy, else the cores.
    Rule,
    Prober,
    Gradient2,
    Vegas,
    Aimd,
}

impl Contender {
    /// The limit in a phase of this kind, if it is fixed.
    pub(crate) fn limit(&self, load: Load) -> Option<usize> {
        match self {
            Self::Fixed(limit) => Some(*limit),
            Self::Oracle(limits) => limits.get(&load).copied(),
            _ => None,
        }
    }

    pub(crate) fn config(
        &self,
        load: Load,
        monitor: &Arc<ResourceMonitor>,
        cores: usize,
    ) -> ExecutorConfig {
        if let Some(limit) = self.limit(load) {
            return ExecutorConfig { max_in_flight: limit, ..ExecutorConfig::default() };
        }
        let controller = match self {
            Self::Gradient2 => Controller::Gradient2,
            Self::Vegas => Controller::Vegas,
            Self::Aimd => Controller::Aimd,
            Self::Rule => {
                let monitor = Arc::clone(monitor);
                Controller::custom(move |_| Box::new(Rule::new(cores, Arc::clone(&monitor))))
            }
            Self::Prober | Self::Fixed(_) | Self::Oracle(_) => Controller::Prober,
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
            Self::Oracle(_) => f.write_str("the best fixed limit of each phase"),
            Self::Rule => f.write_str("rule on I/O wait and CPU"),
            Self::Prober => f.write_str("prober"),
            Self::Gradient2 => f.write_str("gradient2"),
            Self::Vegas => f.write_str("vegas"),
            Self::Aimd => f.write_str("aimd"),
        }
    }
}
