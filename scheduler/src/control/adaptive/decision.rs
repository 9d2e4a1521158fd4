//! What was decided, and why.

use std::fmt;

/// A limit on tasks in flight, and the reason for it.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::{Decision, LimitReason};
///
/// let decision = Decision { limit: 12, reason: LimitReason::Memory };
/// assert_eq!(decision.to_string(), "12, backing off: memory in use has reached its threshold");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// How many tasks may be in flight.
    pub limit: usize,
    /// Why so many.
    pub reason: LimitReason,
}

/// Why a limit is what it is. Further reasons will be added; [`label`](Self::label) is a word for
/// each, to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitReason {
    /// Nothing has been seen yet.
    Start,
    /// Throughput at this limit is being measured, or the last change has not taken effect yet.
    Measuring,
    /// The best limit known; from time to time others are tried.
    Best,
    /// A higher limit is tried.
    ProbingUp,
    /// A lower limit is tried.
    ProbingDown,
    /// The higher limit gave more throughput.
    Raised,
    /// The lower limit gave as much throughput, or more.
    Lowered,
    /// The one that was tried gave less: back to the one before.
    Reverted,
    /// Fewer tasks are ready than may run: there is nothing to learn, so nothing changes.
    ApplicationLimited,
    /// Tasks of another kind run now, or throughput is far from what it was: the search begins
    /// anew.
    Changed,
    /// Nothing ended for long although tasks were held back: others may run beside what runs.
    NothingEnds,
    /// The machine's memory in use has reached its threshold.
    Memory,
    /// The machine's CPU, or the workers, are as busy as they should be: more in flight would wait.
    CpuBusy,
    /// The quota of CPU time was used up: more in flight would wait.
    Throttled,
    /// Started tasks wait long for a worker: more in flight would wait too.
    PollDelay,
    /// Latency has risen, as it does when work queues up.
    Latency,
    /// Nothing speaks against more.
    Headroom,
    /// The controller panicked and is gone: the limit is the most that is allowed.
    Lost,
}

impl LimitReason {
    /// A word for the reason, to count by.
    pub fn label(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Measuring => "measuring",
            Self::Best => "best",
            Self::ProbingUp => "probing-up",
            Self::ProbingDown => "probing-down",
            Self::Raised => "raised",
            Self::Lowered => "lowered",
            Self::Reverted => "reverted",
            Self::ApplicationLimited => "application-limited",
            Self::Changed => "changed",
            Self::NothingEnds => "nothing-ends",
            Self::Memory => "memory",
            Self::CpuBusy => "cpu-busy",
            Self::Throttled => "throttled",
            Self::PollDelay => "poll-delay",
            Self::Latency => "latency",
            Self::Headroom => "headroom",
            Self::Lost => "lost",
        }
    }
}

impl fmt::Display for LimitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "starting: nothing has been seen yet",
            Self::Measuring => "holding: measuring throughput at this limit",
            Self::Best => "holding: the best limit known",
            Self::ProbingUp => "probing up",
            Self::ProbingDown => "probing down",
            Self::Raised => "raised: throughput rose with it",
            Self::Lowered => "lowered: throughput did not fall with it",
            Self::Reverted => "back: the limit that was tried gave less throughput",
            Self::ApplicationLimited => "holding: application-limited",
            Self::Changed => "searching anew: the work has changed",
            Self::NothingEnds => "raised: nothing ends, and workers have time",
            Self::Memory => "backing off: memory in use has reached its threshold",
            Self::CpuBusy => "holding: the CPU is as busy as it should be",
            Self::Throttled => "holding: the CPU quota is used up",
            Self::PollDelay => "holding: started tasks wait long for a worker",
            Self::Latency => "backing off: latency has risen",
            Self::Headroom => "raised: nothing speaks against it",
            Self::Lost => "no limit of its own: the controller panicked",
        })
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.limit, self.reason)
    }
}
