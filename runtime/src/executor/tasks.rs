//! The tasks of a graph, as it is put together and as it runs.

use super::ExecutableTask;
use super::record::Record;
use scheduler::{ResourceRequirements, TaskId, TaskTerms};
use std::fmt;
use std::time::Duration;

/// Records in one piece of memory, which a submission hands on as it is, and beside them what has
/// no fixed size or what many have in common.
#[derive(Default)]
pub(super) struct Tasks {
    pub(super) records: Vec<Record>,
    /// Those of the first task, then those of the second, and so on.
    dependencies: Vec<TaskId>,
    /// Each differs from the one before.
    requirements: Vec<ResourceRequirements>,
}

impl Tasks {
    pub(super) fn push(&mut self, mut task: ExecutableTask) {
        self.dependencies.append(&mut task.dependencies);
        let end = u32::try_from(self.dependencies.len());
        if self.requirements.last() != Some(&task.resource_requirements) {
            self.requirements.push(task.resource_requirements);
        }
        let requirements = u32::try_from(self.requirements.len() - 1);
        let message = "fewer than 2^32 tasks and dependencies in a graph";
        let (requirements, end) = (requirements.expect(message), end.expect(message));
        self.records.push(Record::new(task, requirements, end));
    }

    /// The only task again, if it is the only one and has not started.
    pub(super) fn into_only(mut self) -> Option<ExecutableTask> {
        let (record, requirements) = (self.records.pop()?, self.requirements.pop()?);
        record.into_task(self.dependencies, requirements)
    }

    /// What task number `index` depends on.
    pub(super) fn dependencies(&self, index: usize) -> &[TaskId] {
        let before = index.checked_sub(1).map_or(0, |before| self.records[before].dependencies_end);
        &self.dependencies[before as usize..self.records[index].dependencies_end as usize]
    }

    /// What one of the tasks needs.
    pub(super) fn requirements(&self, record: &Record) -> ResourceRequirements {
        self.requirements[record.requirements as usize]
    }

    /// What the scheduler has to know of task number `index`, but for its deadline; a task that
    /// does not say how long it may run may run for `default_timeout`.
    pub(super) fn terms(&self, index: usize, default_timeout: Duration) -> TaskTerms<'_> {
        let record = &self.records[index];
        let timeout = record.timeout.said().unwrap_or(default_timeout);
        TaskTerms {
            id: record.id,
            priority: record.priority,
            deadline: None,
            dependencies: self.dependencies(index),
            estimate: record.estimate(),
            requirements: self.requirements(record),
            timeout: Some(timeout).filter(|&timeout| timeout != Duration::MAX),
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = (0..self.records.len()).map(|index| {
            let record = &self.records[index];
            (&record.name, record.deadline, self.terms(index, Duration::MAX))
        });
        f.debug_list().entries(terms).finish()
    }
}
