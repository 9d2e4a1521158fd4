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

/// So many tasks of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phase {
    pub(crate) load: Load,
    pub(crate) tasks: usize,
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

    /// What is to be done, with `work` times the usual number of tasks.
    pub(crate) fn phases(self, work: f64) -> Vec<Phase> {
        let (loads, times): (&[Load], f64) = match self {
            Self::Timers => (&[Load::Timers], 3.0),
            Self::Cpu => (&[Load::Cpu], 3.0),
            Self::Cache => (&[Load::Cache], 3.0),
            Self::Server => (&[Load::Server], 3.0),
            Self::Mixed => (&[Load::Mixed], 3.0),
            Self::TimersServer => {
                (&[Load::Timers, Load::Server, Load::Timers, Load::Server][..], 1.0)
            }
            Self::Everything => (&[Load::Timers, Load::Cache, Load::Server, Load::Mixed], 1.0),
        };
        let phase = |&load: &Load| {
            let tasks = (load.tasks() as f64 * times * work).round();
            Phase { load, tasks: (tasks as usize).max(1) }
        };
        loads.iter().map(phase).collect()
    }

    /// By how many per cent the prober's throughput should be above that of the best fixed limit.
    pub(crate) fn target(self) -> f64 {
        match self {
            Self::TimersServer | Self::Everything => 20.0,
            _ => -5.0,
        }
    }
}
