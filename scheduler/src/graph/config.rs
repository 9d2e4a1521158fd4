//! The scheduler's settings.

use super::{Overdue, Policy};
use crate::control::{GroupLimit, RateLimit, check_limits};
use crate::error::SchedulerError;
use std::time::Duration;

/// Indices of tasks are 32 bits wide; half of them for tasks that wait, half for tasks that run.
pub(crate) const MAX_TASKS: usize = 1 << 31;

/// What a graph does when one of its tasks fails or times out, after all the attempts that its
/// [`RetryPolicy`](crate::RetryPolicy) provides for.
///
/// What follows for the tasks that depend on it is in their [`TriggerRule`](crate::TriggerRule)s. A
/// task that is cancelled or skipped has not failed: it does not stop a fail-fast graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FailurePolicy {
    /// Everything else in the graph is cancelled at once, but for the tasks that are there for when
    /// something goes wrong: those whose [`TriggerRule`](crate::TriggerRule)
    /// [outlives a failure](crate::TriggerRule::outlives_failure). They run, or run on, as ever.
    FailFast,
    /// Whatever does not depend on the failed task goes on.
    #[default]
    ContinueIndependent,
}

/// Order, bounds and budgets of a [`TaskScheduler`](crate::TaskScheduler).
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{Policy, SchedulerConfig};
///
/// let config = SchedulerConfig { max_in_flight: 16, policy: Policy::Fifo, ..Default::default() };
/// assert!(config.validate().is_ok());
///
/// let broken = SchedulerConfig { cpu_cores: 0.0, ..Default::default() };
/// assert!(broken.validate().unwrap_err().to_string().contains("`cpu_cores`"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SchedulerConfig {
    /// Which ready task starts first.
    pub policy: Policy,
    /// What happens when a deadline passes while its task runs.
    pub overdue: Overdue,
    /// How long a ready task lets others overtake it: one that has waited longer when something
    /// is submitted gets one in eight starts, the oldest first, whatever the policy thinks of it.
    /// So nothing starves, and nothing changes while nothing is submitted.
    /// [`Duration::MAX`] is for ever. Default: a minute.
    pub patience: Duration,
    /// How many tasks may run at once, at least 1. Default: no limit.
    pub max_in_flight: usize,
    /// How many accepted tasks may wait to start, 1 to 2^31; more are refused with
    /// [`QueueFull`](SchedulerError::QueueFull). A task that waits for its next attempt counts, and
    /// is never refused, so there may be as many more as may run at once. Default: 2^20.
    pub max_pending: usize,
    /// Cores the running tasks may use together. Infinity, the default, is no budget.
    pub cpu_cores: f64,
    /// Bytes the running tasks may use together. `usize::MAX`, the default, is no budget.
    pub memory_bytes: usize,
    /// I/O channels the running tasks may keep busy together: the budget for the sum of their
    /// intensities. Infinity, the default, is no budget.
    pub io_capacity: f64,
    /// What the [jitter](crate::Jitter) of waits between attempts follows from. Processes that talk
    /// to the same service should have different ones. Default: 0.
    pub seed: u64,
    /// The concurrency groups that tasks may name. Default: none.
    pub groups: Vec<GroupLimit>,
    /// The rates that tasks may name. Default: none.
    pub rates: Vec<RateLimit>,
}

impl Default for SchedulerConfig {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            overdue: Overdue::default(),
            patience: Duration::from_secs(60),
            max_in_flight: usize::MAX,
            max_pending: 1 << 20,
            cpu_cores: f64::INFINITY,
            memory_bytes: usize::MAX,
            io_capacity: f64::INFINITY,
            seed: 0,
            groups: Vec::new(),
            rates: Vec::new(),
        }
    }
}

impl SchedulerConfig {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// [`SchedulerError::InvalidConfig`] names the first field that makes no sense.
    pub fn validate(&self) -> Result<(), SchedulerError> {
        let refuse = |field, reason| Err(SchedulerError::InvalidConfig { field, reason });
        if self.max_in_flight == 0 {
            return refuse(
                "max_in_flight",
                "is 0, so nothing could ever run; use 1 or more".into(),
            );
        }
        if self.max_pending == 0 || self.max_pending > MAX_TASKS {
            let reason = format!("is {}; use 1 to {MAX_TASKS}", self.max_pending);
            return refuse("max_pending", reason);
        }
        if self.memory_bytes == 0 {
            return refuse("memory_bytes", "is 0; use usize::MAX for no budget".into());
        }
        for (field, value) in [("cpu_cores", self.cpu_cores), ("io_capacity", self.io_capacity)] {
            if value.is_nan() || value <= 0.0 {
                let reason = format!("is {value}; use a number above 0, or infinity for no budget");
                return refuse(field, reason);
            }
        }
        check_limits(&self.groups, &self.rates)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TASKS, SchedulerConfig};
    use crate::error::SchedulerError;

    fn check(expected: &str, change: impl FnOnce(&mut SchedulerConfig)) {
        let mut config = SchedulerConfig::default();
        change(&mut config);
        match config.validate() {
            Err(SchedulerError::InvalidConfig { field, .. }) => assert_eq!(field, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }

    #[test]
    fn a_nonsensical_field_is_named() {
        check("max_in_flight", |c| c.max_in_flight = 0);
        check("max_pending", |c| c.max_pending = 0);
        check("max_pending", |c| c.max_pending = MAX_TASKS + 1);
        check("memory_bytes", |c| c.memory_bytes = 0);
        check("cpu_cores", |c| c.cpu_cores = f64::NAN);
        check("cpu_cores", |c| c.cpu_cores = -1.0);
        check("io_capacity", |c| c.io_capacity = 0.0);
    }
}
