//! What a task does about attempts that go wrong.

use crate::error::SchedulerError;
use crate::graph::{RetryPolicy, TaskId};
use std::time::Duration;

/// A number of a [`Resilience`] that stands for none.
pub(crate) const NOT_RESILIENT: u32 = u32::MAX;

/// What only tasks have that do something about attempts which go wrong.
///
/// Tasks submitted one after the other that have the same share one copy of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Resilience {
    /// How often the task is tried. `None` is once.
    pub retry: Option<RetryPolicy>,
    /// How long an attempt may go without a sign of life; above zero. See
    /// [`heartbeat`](crate::TaskScheduler::heartbeat).
    pub idle_timeout: Option<Duration>,
    /// How long the task may take from its first start on, with all its attempts and the waits
    /// between them; above zero. What it waits for before it has no part in that.
    pub total_timeout: Option<Duration>,
}

impl Resilience {
    pub(crate) fn check(&self, task: TaskId) -> Result<(), SchedulerError> {
        if let Some((term, value, expected)) = self.retry.and_then(|policy| policy.flaw()) {
            return Err(SchedulerError::InvalidTerm { task: Some(task), term, value, expected });
        }
        check_timeout(Some(task), "idle_timeout", self.idle_timeout)?;
        check_timeout(Some(task), "total_timeout", self.total_timeout)
    }
}

/// Refuses a timeout in which nothing could be done; of a graph if there is no `task`.
pub(crate) fn check_timeout(
    task: Option<TaskId>,
    term: &'static str,
    timeout: Option<Duration>,
) -> Result<(), SchedulerError> {
    if timeout != Some(Duration::ZERO) {
        return Ok(());
    }
    let (value, expected) = ("0 s".to_owned(), "above zero, or none");
    Err(SchedulerError::InvalidTerm { task, term, value, expected })
}
