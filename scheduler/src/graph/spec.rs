//! What the caller says about a task.

use super::failure::resilience::check_timeout;
use super::{Resilience, ResourceRequirements, RetryPolicy, TaskId, TriggerRule};
use crate::control::Cost;
use crate::error::SchedulerError;
use primitives::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// A task as it is submitted: what to run and everything the scheduler may know about it.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::{TaskId, TaskSpec};
/// use std::time::Duration;
///
/// let spec = TaskSpec::new(TaskId::new(2), "the payload")
///     .named("align")
///     .after(TaskId::new(1))
///     .priority(10)
///     .estimate(Duration::from_secs(3));
/// assert_eq!(spec.dependencies, [TaskId::new(1)]);
/// ```
#[derive(Debug, Clone)]
pub struct TaskSpec<P> {
    /// The task's name for everybody else; unique until it is forgotten.
    pub id: TaskId,
    /// A name for people.
    pub name: Option<Arc<str>>,
    /// The higher, the earlier; classes are strict.
    pub priority: u32,
    /// When the task should have ended. Orders the queue; nothing happens when it passes.
    pub deadline: Option<Timestamp>,
    /// Tasks that this one waits for, as its trigger rule says. Naming one twice counts once.
    pub dependencies: Vec<TaskId>,
    /// Which ends of its dependencies let it start.
    pub trigger: TriggerRule,
    /// How long the task is expected to run.
    pub estimate: Duration,
    /// What it occupies while it runs.
    pub requirements: ResourceRequirements,
    /// The concurrency groups it belongs to, by name. Naming one twice counts once.
    pub groups: Vec<Arc<str>>,
    /// What each of its attempts takes of which rate. A rate that is named twice, both together.
    pub costs: Vec<Cost>,
    /// How long one attempt may run; above zero. Kept for the driver, which enforces it.
    pub timeout: Option<Duration>,
    /// What it does about attempts that go wrong, if anything.
    pub resilience: Option<Box<Resilience>>,
    /// What the driver runs. The scheduler never looks at it.
    pub payload: P,
}

/// A [`TaskSpec`] without its name and its payload, borrowed from whatever the driver keeps.
#[derive(Debug, Clone, Copy)]
pub struct TaskTerms<'a> {
    /// As [`TaskSpec::id`].
    pub id: TaskId,
    /// As [`TaskSpec::priority`].
    pub priority: u32,
    /// As [`TaskSpec::deadline`].
    pub deadline: Option<Timestamp>,
    /// As [`TaskSpec::dependencies`].
    pub dependencies: &'a [TaskId],
    /// As [`TaskSpec::trigger`].
    pub trigger: TriggerRule,
    /// As [`TaskSpec::estimate`].
    pub estimate: Duration,
    /// As [`TaskSpec::requirements`].
    pub requirements: ResourceRequirements,
    /// As [`TaskSpec::groups`].
    pub groups: &'a [Arc<str>],
    /// As [`TaskSpec::costs`].
    pub costs: &'a [Cost],
    /// As [`TaskSpec::timeout`].
    pub timeout: Option<Duration>,
    /// As [`TaskSpec::resilience`].
    pub resilience: Option<&'a Resilience>,
}

impl TaskTerms<'_> {
    /// Refuses times and policies that make no sense.
    pub(crate) fn check_times(&self) -> Result<(), SchedulerError> {
        check_timeout(Some(self.id), "timeout", self.timeout)?;
        self.resilience.map_or(Ok(()), |resilience| resilience.check(self.id))
    }
}

impl<P> TaskSpec<P> {
    /// Everything but the name and the payload.
    pub fn terms(&self) -> TaskTerms<'_> {
        TaskTerms {
            id: self.id,
            priority: self.priority,
            deadline: self.deadline,
            dependencies: &self.dependencies,
            estimate: self.estimate,
            requirements: self.requirements,
            groups: &self.groups,
            costs: &self.costs,
            timeout: self.timeout,
            trigger: self.trigger,
            resilience: self.resilience.as_deref(),
        }
    }

    /// A task with the lowest priority, no deadline, no dependencies and no requirements.
    pub fn new(id: TaskId, payload: P) -> Self {
        Self {
            id,
            name: None,
            priority: 0,
            deadline: None,
            dependencies: Vec::new(),
            estimate: Duration::ZERO,
            requirements: ResourceRequirements::default(),
            groups: Vec::new(),
            costs: Vec::new(),
            timeout: None,
            trigger: TriggerRule::default(),
            resilience: None,
            payload,
        }
    }

    /// Sets the name for people.
    #[must_use]
    pub fn named(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the priority.
    #[must_use]
    pub fn priority(mut self, priority: u32) -> Self {
        self.priority = priority;
        self
    }

    /// Sets the deadline.
    #[must_use]
    pub fn deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Adds a dependency.
    #[must_use]
    pub fn after(mut self, dependency: TaskId) -> Self {
        self.dependencies.push(dependency);
        self
    }

    /// Adds several dependencies.
    #[must_use]
    pub fn after_all(mut self, dependencies: impl IntoIterator<Item = TaskId>) -> Self {
        self.dependencies.extend(dependencies);
        self
    }

    /// Sets the expected run time.
    #[must_use]
    pub fn estimate(mut self, estimate: Duration) -> Self {
        self.estimate = estimate;
        self
    }

    /// Sets what the task occupies while it runs.
    #[must_use]
    pub fn requirements(mut self, requirements: ResourceRequirements) -> Self {
        self.requirements = requirements;
        self
    }

    /// Adds it to a concurrency group that the configuration declares: with the others in the
    /// group, no more of them run at once than its limit says.
    #[must_use]
    pub fn group(mut self, name: impl Into<Arc<str>>) -> Self {
        self.groups.push(name.into());
        self
    }

    /// Has each of its attempts take so many units of a rate that the configuration declares.
    ///
    /// ```
    /// # use graph_runtime_scheduler::{RateLimit, SchedulerConfig, TaskId, TaskScheduler};
    /// # use graph_runtime_scheduler::TaskSpec;
    /// # use primitives::Timestamp;
    /// # use std::time::Duration;
    /// let tokens = RateLimit::new("llm-tokens", 60, Duration::from_secs(60));
    /// let config = SchedulerConfig { rates: vec![tokens], ..Default::default() };
    /// let mut scheduler = TaskScheduler::new(config)?;
    /// let now = Timestamp::ZERO;
    /// scheduler.submit(TaskSpec::new(TaskId::new(1), ()).costs("llm-tokens", 60.0), now)?;
    /// scheduler.submit(TaskSpec::new(TaskId::new(2), ()).costs("llm-tokens", 1.5), now)?;
    ///
    /// assert!(scheduler.dispatch(now).is_some());
    /// assert!(scheduler.dispatch(now).is_none());
    /// let enough = now + Duration::from_millis(1_500);
    /// assert_eq!(scheduler.next_wake(), Some(enough));
    /// assert!(scheduler.dispatch(enough).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn costs(mut self, rate: impl Into<Arc<str>>, units: f64) -> Self {
        self.costs.push(Cost::new(rate, units));
        self
    }

    /// Sets how long one attempt may run.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets which ends of its dependencies let the task start.
    #[must_use]
    pub fn trigger(mut self, rule: TriggerRule) -> Self {
        self.trigger = rule;
        self
    }

    /// Sets how often the task is tried.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.resilience.get_or_insert_default().retry = Some(policy);
        self
    }

    /// Sets how long an attempt may go without a sign of life.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.resilience.get_or_insert_default().idle_timeout = Some(timeout);
        self
    }

    /// Sets how long the task may take from its first start on, with all its attempts.
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.resilience.get_or_insert_default().total_timeout = Some(timeout);
        self
    }
}
