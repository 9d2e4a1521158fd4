//! What is simulated.

use crate::error::SchedulerError;
use crate::graph::TaskId;
use std::time::Duration;

/// Tasks with run times and dependencies. A task's number is its place in `tasks`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SimGraph {
    /// The tasks, in the order in which those that are ready at the start become ready.
    pub tasks: Vec<SimTask>,
}

/// One task of a [`SimGraph`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SimTask {
    /// How long it runs. It is also the estimate the scheduler is given.
    pub runtime: Duration,
    /// The tasks that must have ended before, by number.
    pub parents: Vec<usize>,
}

impl SimGraph {
    /// The sum of all run times.
    pub fn total_work(&self) -> Duration {
        self.tasks.iter().fold(Duration::ZERO, |sum, task| sum.saturating_add(task.runtime))
    }

    /// Refuses parents that are no tasks of this graph.
    pub(super) fn check_parents(&self) -> Result<(), SchedulerError> {
        for (number, task) in self.tasks.iter().enumerate() {
            if let Some(&parent) = task.parents.iter().find(|&&p| p >= self.tasks.len()) {
                let (task, dependency) = (Self::id(number), Self::id(parent));
                return Err(SchedulerError::UnknownDependency { task, dependency });
            }
        }
        Ok(())
    }

    /// The id of task `number`. Numbers no machine can hold tasks for share the last id.
    pub(super) fn id(number: usize) -> TaskId {
        TaskId::new((number as u64).min(i64::MAX as u64))
    }
}
