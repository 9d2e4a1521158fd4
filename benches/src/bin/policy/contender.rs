//! The policies that are compared.

use crate::estimates::Told;
use crate::stealing;
use crate::trace::Trace;
use scheduler::sim::{SimJob, simulate_jobs};
use scheduler::{LookAhead, Policy, SchedulerConfig};

/// Who decides which task starts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    Fifo,
    LevelBarrier,
    /// Each worker its own tasks, last in first out, and the oldest of a random other one.
    WorkStealing,
    CriticalPath,
    /// The default policy, which looks ahead if it may trust the estimates, and learns from what
    /// ends if it has to.
    Ours,
}

/// What a contender has to work with.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) trace: &'a Trace,
    pub(crate) told: &'a Told,
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
                let Setting { trace, slots, seed, .. } = *setting;
                return stealing::makespan(&trace.graph, slots, seed).as_secs_f64();
            }
        };
        let Setting { trace, told, slots, memory, look_ahead, seed } = *setting;
        let Trace { graph, kinds, .. } = trace;
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
        let (estimates, history) = match &told.history {
            Some(history) if self == Self::Ours => (Vec::new(), Some(history)),
            _ => (told.estimates(trace), None),
        };
        let estimates = &estimates;
        let job = SimJob { estimates, kinds, history, memory, look_ahead, ..SimJob::new(graph) };
        let schedules = simulate_jobs(&[job], &config).expect("a workflow that was checked");
        schedules[0].makespan.as_secs_f64()
    }
}
