//! The tasks of a graph, as it is put together and as it runs.

use super::record::Record;
use crate::executor::discard::discard;
use crate::executor::{ExecutableTask, RetryPredicate};
use scheduler::{
    Cost, Forecast, Resilience, ResourceRequirements, RetryPolicy, TaskId, TaskTerms, TriggerRule,
};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Records in one piece of memory, which a submission hands on as it is, and beside them what has
/// no fixed size or what many have in common.
#[derive(Default)]
pub(in crate::executor) struct Tasks {
    pub(in crate::executor) records: Vec<Record>,
    /// Those of the first task, then those of the second, and so on.
    dependencies: Vec<TaskId>,
    /// Each differs from the one before.
    requirements: Vec<ResourceRequirements>,
    /// By position, of the tasks that have any.
    traits: Vec<(u32, Traits)>,
    /// Whether enough was known of them at the submission, if run times are learnt.
    pub(in crate::executor) forecast: OnceLock<Forecast>,
}

/// What few tasks say about themselves.
#[derive(Clone, Default)]
struct Traits {
    kind: Option<Arc<str>>,
    input_size: Option<u64>,
    groups: Vec<Arc<str>>,
    costs: Vec<Cost>,
    trigger: TriggerRule,
    resilience: Option<Box<Resilience>>,
    retry_if: Option<RetryPredicate>,
    /// Of the loop to which it belonged before it came here; 0 is none.
    generation: u64,
}

impl Traits {
    /// Takes over what there is; `None` if there is nothing.
    fn of(task: &mut ExecutableTask) -> Option<Self> {
        let is_something = task.kind.is_some()
            || task.input_size.is_some()
            || !task.groups.is_empty()
            || !task.costs.is_empty()
            || task.trigger != TriggerRule::default()
            || task.resilience.is_some()
            || task.retry_if.is_some();
        is_something.then(|| Self {
            kind: task.kind.take(),
            input_size: task.input_size,
            groups: std::mem::take(&mut task.groups),
            costs: std::mem::take(&mut task.costs),
            trigger: task.trigger,
            resilience: task.resilience.take(),
            retry_if: task.retry_if.take(),
            generation: 0,
        })
    }
}

impl Tasks {
    pub(in crate::executor) fn push(&mut self, mut task: ExecutableTask) {
        self.dependencies.append(&mut task.dependencies);
        let end = u32::try_from(self.dependencies.len());
        if self.requirements.last() != Some(&task.resource_requirements) {
            self.requirements.push(task.resource_requirements);
        }
        let requirements = u32::try_from(self.requirements.len() - 1);
        let message = "fewer than 2^32 tasks and dependencies in a graph";
        let (requirements, end) = (requirements.expect(message), end.expect(message));
        if let Some(traits) = Traits::of(&mut task) {
            self.traits.push((self.records.len() as u32, traits));
        }
        self.records.push(Record::new(task, requirements, end));
    }

    /// Task number `index` again, if no attempt has what it was to run; none the second time.
    pub(in crate::executor) fn take_task(&self, index: usize) -> Option<ExecutableTask> {
        let record = &self.records[index];
        let (dependencies, needs) = (self.dependencies(index).to_vec(), self.requirements(record));
        let task = record.take_task(dependencies, needs)?;
        let Traits { kind, input_size, groups, costs, trigger, resilience, retry_if, .. } =
            self.traits(index).cloned().unwrap_or_default();
        Some(ExecutableTask {
            kind,
            input_size,
            groups,
            costs,
            trigger,
            resilience,
            retry_if,
            ..task
        })
    }

    /// The last task belongs to this generation of a loop that began elsewhere.
    pub(in crate::executor) fn set_generation(&mut self, generation: u64) {
        let last = self.records.len() as u32 - 1;
        if self.traits.last().is_none_or(|&(at, _)| at != last) {
            self.traits.push((last, Traits::default()));
        }
        if let Some((_, traits)) = self.traits.last_mut() {
            traits.generation = generation;
        }
    }

    /// The generation of the loop that began elsewhere to which task number `index` belongs; 0 if
    /// there is none.
    pub(in crate::executor) fn generation(&self, index: usize) -> u64 {
        self.traits(index).map_or(0, |traits| traits.generation)
    }

    /// What task number `index` depends on.
    pub(in crate::executor) fn dependencies(&self, index: usize) -> &[TaskId] {
        let before = index.checked_sub(1).map_or(0, |before| self.records[before].dependencies_end);
        &self.dependencies[before as usize..self.records[index].dependencies_end as usize]
    }

    fn traits(&self, index: usize) -> Option<&Traits> {
        let place = self.traits.binary_search_by_key(&(index as u32), |&(at, _)| at).ok()?;
        Some(&self.traits[place].1)
    }

    /// How often task number `index` is tried, if more than once, and after which errors.
    pub(in crate::executor) fn retry(
        &self,
        index: usize,
    ) -> Option<(RetryPolicy, Option<&RetryPredicate>)> {
        let traits = self.traits(index)?;
        Some((traits.resilience.as_ref()?.retry?, traits.retry_if.as_ref()))
    }

    /// Of which kind task number `index` is, if that can be said, and the size of its input.
    pub(in crate::executor) fn kind(&self, index: usize) -> Option<(&str, Option<u64>)> {
        let traits = self.traits(index);
        let own = traits.and_then(|traits| traits.kind.as_deref());
        let kind = own.or(self.records[index].name.as_deref())?;
        Some((kind, traits.and_then(|traits| traits.input_size)))
    }

    /// What task number `index` says about its run time; zero says nothing.
    pub(in crate::executor) fn hint(&self, index: usize) -> Option<Duration> {
        Some(self.records[index].estimate()).filter(|hint| !hint.is_zero())
    }

    /// What one of the tasks needs.
    fn requirements(&self, record: &Record) -> ResourceRequirements {
        self.requirements[record.requirements as usize]
    }

    /// Has the memory of task number `index`, if there is one, brought near.
    pub(in crate::executor) fn prefetch(&self, index: usize) {
        self.records.get(index).into_iter().for_each(Record::prefetch);
    }

    /// What the scheduler has to know of task number `index`, but for its deadline; a task that
    /// does not say how long it may run may run for `default_timeout`.
    pub(in crate::executor) fn terms(
        &self,
        index: usize,
        default_timeout: Duration,
    ) -> TaskTerms<'_> {
        let record = &self.records[index];
        let timeout = record.timeout.said().unwrap_or(default_timeout);
        let traits = self.traits(index);
        TaskTerms {
            id: record.id,
            priority: record.priority,
            deadline: None,
            dependencies: self.dependencies(index),
            estimate: record.estimate(),
            requirements: self.requirements(record),
            groups: traits.map_or(&[], |traits| &traits.groups),
            costs: traits.map_or(&[], |traits| &traits.costs),
            timeout: Some(timeout).filter(|&timeout| timeout != Duration::MAX),
            trigger: traits.map_or(TriggerRule::default(), |traits| traits.trigger),
            resilience: traits.and_then(|traits| traits.resilience.as_deref()),
        }
    }
}

impl Drop for Tasks {
    /// Predicates are the user's, and the last who knows of a task may be another one that ends.
    fn drop(&mut self) {
        self.traits.iter_mut().for_each(|(_, traits)| discard(traits.retry_if.take()));
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
