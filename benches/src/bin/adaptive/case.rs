//! The loads that are compared on.

use crate::load::Load;
use clap::ValueEnum;

/// Fixed work, in phases one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    /// Waiting for timers
    Timers,
    /// Computing
    Cpu,
    /// Going over memory that has to fit into caches
    Cache,
    /// Asking a server that degrades under load
    Server,
    /// Waiting, then computing
    Mixed,
    /// Timers and the server, twice
    TimersServer,
    /// Timers, going over memory, the server, waiting and computing
    Everything,
}

impl Case {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Timers => "timers",
            Self::Cpu => "cpu",
            Self::Cache => "cache",
            Self::Server => "server",
            Self::Mixed => "mixed",
            Self::TimersServer => "timers-server",
            Self::Everything => "everything",
        }
    }

    pub(crate) fn phases(self) -> Vec<Load> {
        match self {
            Self::Timers => vec![Load::Timers; 4],
            Self::Cpu => vec![Load::Cpu; 3],
            Self::Cache => vec![Load::Cache; 3],
            Self::Server => vec![Load::Server; 3],
            Self::Mixed => vec![Load::Mixed; 3],
            Self::TimersServer => vec![Load::Timers, Load::Server, Load::Timers, Load::Server],
            Self::Everything => vec![Load::Timers, Load::Cache, Load::Server, Load::Mixed],
        }
    }

    /// By how many per cent the prober's throughput should be above that of the best fixed limit.
    pub(crate) fn target(self) -> f64 {
        match self {
            Self::TimersServer | Self::Everything => 20.0,
            _ => -5.0,
        }
    }
}
