//! What the scheduler is told about run times.

use crate::trace::Trace;
use clap::ValueEnum;
use primitives::rng::Rng;
use scheduler::History;
use std::f64::consts::TAU;
use std::time::Duration;

/// The deviation of the logarithm by which hints are wrong and runs differ.
const SIGMA: f64 = 0.5;

/// How good the estimates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Estimates {
    /// As long as each task runs
    #[default]
    Exact,
    /// Wrong by a lognormal factor (sigma 0.5) for each task
    Noisy,
    /// None, but a history of each kind from other runs: one of the same workflow, in which each
    /// task took a lognormal factor (sigma 0.5) longer or shorter, and one of each other workflow
    History,
    /// None at all
    None,
}

impl Estimates {
    /// What is told about each task of `traces[this]`.
    pub(crate) fn of(self, traces: &[Trace], this: usize, seed: u64) -> Vec<Duration> {
        let trace = &traces[this];
        let exact = trace.graph.tasks.iter().map(|task| task.runtime);
        match self {
            Self::Exact => exact.collect(),
            Self::Noisy => {
                let mut rng = Rng::new(seed ^ this as u64);
                exact.map(|run_time| varied(run_time, &mut rng)).collect()
            }
            Self::History => {
                let history = other_runs(traces, seed ^ this as u64);
                trace.kinds.iter().map(|kind| history.estimate(kind, None)).collect()
            }
            Self::None => {
                let history = History::default();
                trace.kinds.iter().map(|kind| history.estimate(kind, None)).collect()
            }
        }
    }

    /// What it is called in options and output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Noisy => "noisy",
            Self::History => "history",
            Self::None => "none",
        }
    }
}

/// A run of each workflow, none of which takes exactly as long as the one that is simulated.
fn other_runs(traces: &[Trace], seed: u64) -> History {
    let mut rng = Rng::new(seed);
    let mut history = History::default();
    for trace in traces {
        for (task, kind) in trace.graph.tasks.iter().zip(&trace.kinds) {
            history.observe(kind, varied(task.runtime, &mut rng));
        }
    }
    history
}

fn varied(run_time: Duration, rng: &mut Rng) -> Duration {
    let factor = (SIGMA * normal(rng)).exp();
    Duration::try_from_secs_f64(run_time.as_secs_f64() * factor).unwrap_or(run_time)
}

/// A standard normal number (G. E. P. Box and M. E. Muller, 1958).
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.unit()).ln()).sqrt();
    radius * (TAU * rng.unit()).cos()
}
