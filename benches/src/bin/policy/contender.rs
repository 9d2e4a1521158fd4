//! The policies that are compared.

use crate::estimates::Told;
use crate::output::geometric_mean;
use crate::shuffled::shuffled;
use crate::stealing;
use crate::trace::Trace;
use primitives::rng::Rng;
use scheduler::sim::{SimJob, simulate, simulate_jobs};
use scheduler::{LookAhead, Policy, SchedulerConfig};

/// The makespan of tasks in a shuffled order is the geometric mean over so many orders.
const SHUFFLES: u64 = 10;

/// Who decides which task starts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    Fifo,
    /// First in first out, if the file were in another order.
    Shuffled,
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
    pub(crate) const ALL: [Self; 6] = [
        Self::Fifo,
        Self::Shuffled,
        Self::LevelBarrier,
        Self::WorkStealing,
        Self::CriticalPath,
        Self::Ours,
    ];

    /// What it is called in output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Shuffled => "fifo-shuffled",
            Self::LevelBarrier => "level-barrier",
            Self::WorkStealing => "work-stealing",
            Self::CriticalPath => "critical-path",
            Self::Ours => "ours",
        }
    }

    /// The makespan, in seconds. Work stealing and the shuffled order know no memory.
    pub(crate) fn makespan_s(self, setting: &Setting<'_>) -> f64 {
        let policy = match self {
            Self::Fifo => Policy::Fifo,
            Self::LevelBarrier => Policy::LevelBarrier,
            Self::CriticalPath => Policy::CriticalPath,
            Self::Ours => Policy::Deadline,
            Self::Shuffled => return shuffled_makespan_s(setting),
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

fn shuffled_makespan_s(setting: &Setting<'_>) -> f64 {
    let mut rng = Rng::new(setting.seed);
    let makespans_s = (0..SHUFFLES).map(|_| {
        let graph = shuffled(&setting.trace.graph, &mut rng);
        let schedule = simulate(&graph, setting.slots, Policy::Fifo);
        schedule.expect("a workflow that was checked").makespan.as_secs_f64()
    });
    geometric_mean(&makespans_s.collect::<Vec<_>>())
}
