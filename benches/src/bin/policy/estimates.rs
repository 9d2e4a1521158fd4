//! What the scheduler is told about run times.

use crate::trace::Trace;
use clap::ValueEnum;
use primitives::rng::Rng;
use scheduler::History;
use std::collections::{BTreeSet, HashMap};
use std::f64::consts::TAU;
use std::time::Duration;

/// The deviation of the logarithm by which hints are wrong.
const SIGMA: f64 = 0.5;
/// The shortest time that has a logarithm worth taking.
const SECONDS_MIN: f64 = 1e-3;

/// How good the estimates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Estimates {
    /// As long as each task runs
    #[default]
    Exact,
    /// Wrong by a lognormal factor (sigma 0.5) for each task
    Noisy,
    /// None, but a history of each kind from other runs: those of the other workflows of the
    /// folder that have all its kinds, or if there are none one of the same workflow, each of
    /// whose run times is drawn from the lognormal distribution of its kind
    History,
    /// None at all
    None,
}

/// What is told before a run.
pub(crate) struct Told {
    /// How long each task is said to take; nothing if that is left to the history.
    pub(crate) hints: Vec<Duration>,
    pub(crate) history: Option<History>,
}

impl Estimates {
    /// What is told about `traces[this]`, the same for the same seed.
    pub(crate) fn of(self, traces: &[Trace], this: usize, seed: u64) -> Told {
        let trace = &traces[this];
        let mut rng = Rng::new(seed ^ (this as u64) << 32);
        let exact = trace.graph.tasks.iter().map(|task| task.runtime);
        match self {
            Self::Exact => Told { hints: exact.collect(), history: None },
            Self::Noisy => {
                let hints = exact.map(|run_time| varied(run_time, SIGMA * normal(&mut rng)));
                Told { hints: hints.collect(), history: None }
            }
            Self::History => {
                Told { hints: Vec::new(), history: Some(other_runs(traces, this, &mut rng)) }
            }
            Self::None => Told { hints: Vec::new(), history: Some(History::default()) },
        }
    }

    /// Whether something is random about them.
    pub(crate) fn are_drawn(self) -> bool {
        matches!(self, Self::Noisy | Self::History)
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

impl Told {
    /// How long each task of `trace` is thought to take when nothing is learnt on the way.
    pub(crate) fn estimates(&self, trace: &Trace) -> Vec<Duration> {
        match &self.history {
            None => self.hints.clone(),
            Some(history) => trace.kinds.iter().map(|kind| history.estimate(kind, None)).collect(),
        }
    }
}

/// Runs of other workflows of the same family, never of this one.
fn other_runs(traces: &[Trace], this: usize, rng: &mut Rng) -> History {
    let trace = &traces[this];
    let kinds: BTreeSet<&String> = trace.kinds.iter().collect();
    let mut history = History::default();
    for (_, other) in traces.iter().enumerate().filter(|&(other, _)| other != this) {
        let others: BTreeSet<&String> = other.kinds.iter().collect();
        if kinds.is_subset(&others) {
            for (task, kind) in other.graph.tasks.iter().zip(&other.kinds) {
                history.observe(kind, task.runtime);
            }
        }
    }
    if history.iter().len() == 0 {
        let spreads = spreads(trace);
        for kind in &trace.kinds {
            let (mean, deviation) = spreads[kind.as_str()];
            let run_time = varied(Duration::from_secs(1), mean + deviation * normal(rng));
            history.observe(kind, run_time);
        }
    }
    history
}

/// The mean and the deviation of the logarithms of each kind's run times, in seconds.
fn spreads(trace: &Trace) -> HashMap<&str, (f64, f64)> {
    let mut logs: HashMap<&str, Vec<f64>> = HashMap::new();
    for (task, kind) in trace.graph.tasks.iter().zip(&trace.kinds) {
        logs.entry(kind).or_default().push(task.runtime.as_secs_f64().max(SECONDS_MIN).ln());
    }
    let spread = |logs: &[f64]| {
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
        (mean, (squares / logs.len() as f64).sqrt())
    };
    logs.into_iter().map(|(kind, logs)| (kind, spread(&logs))).collect()
}

fn varied(run_time: Duration, log_factor: f64) -> Duration {
    let seconds = run_time.as_secs_f64() * log_factor.exp();
    Duration::try_from_secs_f64(seconds).unwrap_or(run_time)
}

/// A standard normal number (G. E. P. Box and M. E. Muller, 1958).
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.unit()).ln()).sqrt();
    radius * (TAU * rng.unit()).cos()
}
