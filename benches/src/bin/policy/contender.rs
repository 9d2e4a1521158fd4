//! The policies that are compared.

use crate::stealing;
use scheduler::sim::{SimGraph, SimJob, simulate_jobs};
use scheduler::{LookAhead, Policy, SchedulerConfig};
use std::time::Duration;

/// Who decides which task starts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    Fifo,
    LevelBarrier,
    /// Each worker its own tasks, last in first out, and the oldest of a random other one.
    WorkStealing,
    CriticalPath,
    /// The default policy, which looks ahead if it may trust the estimates.
    Ours,
}

/// What a contender has to work with.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) graph: &'a SimGraph,
    pub(crate) estimates: &'a [Duration],
    pub(crate) slots: usize,
    /// What each task takes, and how much there is.
    pub(crate) memory: Option<(&'a [usize], usize)>,
    /// Task starts to rehearse; 0 if the estimates may be wrong.
    pub(crate) look_ahead: u64,
    pub(crate) seed: u64,
}

impl Contender {
    pub(crate) const ALL: [Self; 5] =
        [Self::Fifo, Self::LevelBarrier, Self::WorkStealing, Self::CriticalPath, Self::Ours];

    /// What it is called in output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::LevelBarrier => "level-barrier",
            Self::WorkStealing => "work-stealing",
            Self::CriticalPath => "critical-path",
            Self::Ours => "ours",
        }
    }

    /// The makespan, in seconds. Work stealing knows no memory.
    pub(crate) fn makespan_s(self, setting: &Setting<'_>) -> f64 {
        let policy = match self {
            Self::Fifo => Policy::Fifo,
            Self::LevelBarrier => Policy::LevelBarrier,
            Self::CriticalPath => Policy::CriticalPath,
            Self::Ours => Policy::Deadline,
            Self::WorkStealing => {
                let Setting { graph, slots, seed, .. } = *setting;
                return stealing::makespan(graph, slots, seed).as_secs_f64();
            }
        };
        let Setting { graph, estimates, slots, memory, look_ahead, seed } = *setting;
        let (memory, memory_bytes) = memory.unwrap_or((&[], usize::MAX));
        let config = SchedulerConfig {
            policy,
            max_in_flight: slots,
            max_pending: graph.tasks.len().max(1),
            memory_bytes,
            ..Default::default()
        };
        let looks_ahead = self == Self::Ours && look_ahead > 0;
        let look_ahead = looks_ahead.then_some(LookAhead { slots, starts_max: look_ahead, seed });
        let job = SimJob { estimates, memory, look_ahead, ..SimJob::new(graph) };
        let schedules = simulate_jobs(&[job], &config).expect("a workflow that was checked");
        schedules[0].makespan.as_secs_f64()
    }
}
