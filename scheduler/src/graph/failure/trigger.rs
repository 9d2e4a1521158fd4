//! When a task starts, as far as its dependencies are concerned.

use crate::graph::EndState;
use std::fmt;

/// Which ends of its dependencies let a task start, and which have it skipped.
///
/// A dependency that has [completed](EndState::Completed) has succeeded; one that ended in any
/// other way, skipped ones included, has not. A task without dependencies starts under every rule.
/// Dependencies that had ended before the task was submitted count as if they ended now.
///
/// The rules, and their names, are those of Apache Airflow's trigger rules as far as they are about
/// success and its absence (`all_success`, `all_done`, `one_success`, `all_failed`, `one_failed`).
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{
///     EndState, SchedulerConfig, TaskId, TaskScheduler, TaskSpec, TriggerRule,
/// };
/// use primitives::Timestamp;
///
/// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
/// let (now, work, tidy) = (Timestamp::ZERO, TaskId::new(1), TaskId::new(2));
/// scheduler.submit(TaskSpec::new(work, "work"), now)?;
/// let spec = TaskSpec::new(tidy, "tidy up").after(work).trigger(TriggerRule::AllDone);
/// scheduler.submit(spec, now)?;
///
/// let attempt = scheduler.dispatch(now).expect("nothing is in its way");
/// scheduler.finish(attempt.ticket, EndState::Failed, now)?;
/// assert_eq!(scheduler.dispatch(now).map(|tidy| tidy.payload), Some("tidy up"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TriggerRule {
    /// When all have succeeded; skipped with the first that has not.
    #[default]
    AllSucceeded,
    /// When all have ended, however; for what tidies up. Never skipped.
    AllDone,
    /// As soon as one has succeeded, whatever the others do; skipped when all have ended and none
    /// has.
    AnySucceeded,
    /// When all have ended and none has succeeded; skipped with the first that has.
    AllFailed,
    /// As soon as one has ended without success; skipped when all have succeeded.
    AnyFailed,
}

/// What follows for a task from the end of one of its dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It waits for one less, and starts with the last one.
    Count,
    /// It waits for one less, and with the last one it will never run.
    Miss,
    /// It waits for no other.
    Start,
    /// It will never run.
    Skip,
}

impl TriggerRule {
    /// Whether tasks of this rule are there for when something goes wrong. A
    /// [fail-fast](crate::graph::FailurePolicy::FailFast) graph that stops leaves them alone.
    pub fn outlives_failure(self) -> bool {
        matches!(self, Self::AllDone | Self::AllFailed | Self::AnyFailed)
    }

    /// What follows from the end of one dependency.
    #[inline]
    pub(crate) fn judge(self, end: EndState) -> Verdict {
        match (self, end.is_completed()) {
            (Self::AllDone, _) => Verdict::Count,
            (Self::AllSucceeded, true) | (Self::AllFailed, false) => Verdict::Count,
            (Self::AllSucceeded, false) | (Self::AllFailed, true) => Verdict::Skip,
            (Self::AnySucceeded, true) | (Self::AnyFailed, false) => Verdict::Start,
            (Self::AnySucceeded, false) | (Self::AnyFailed, true) => Verdict::Miss,
        }
    }
}

impl fmt::Display for TriggerRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AllSucceeded => "all succeeded",
            Self::AllDone => "all done",
            Self::AnySucceeded => "any succeeded",
            Self::AllFailed => "all failed",
            Self::AnyFailed => "any failed",
        })
    }
}
