//! A task as it is submitted.

use crate::executor::{AsyncTask, RetryPredicate};
use scheduler::{Cost, Resilience, ResourceRequirements, RetryPolicy, TaskId, TriggerRule};
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A task, and everything the scheduler may know about it.
///
/// It carries no [`TaskContext`](crate::executor::TaskContext): the executor makes one for each
/// attempt, because attempt number, worker and cancellation are the attempt's, not the task's.
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::{ExecutableTask, task_fn};
/// use std::time::Duration;
///
/// let fetch = ExecutableTask::new(task_fn(|_| async { Ok::<_, std::io::Error>(1) }))
///     .named("fetch");
/// let parse = ExecutableTask::new(task_fn(|_| async { Ok::<_, std::io::Error>(2) }))
///     .named("parse")
///     .after(fetch.id)
///     .priority(3)
///     .timeout(Duration::from_secs(5));
/// assert_eq!(parse.dependencies, [fetch.id]);
/// ```
pub struct ExecutableTask {
    /// Its name for everybody else; unique until it is forgotten.
    pub id: TaskId,
    /// A name for people.
    pub name: Option<Arc<str>>,
    /// The higher, the earlier; classes are strict.
    pub priority: u32,
    /// When it should have ended. Orders the queue;
    /// [`overdue`](crate::executor::ExecutorConfig::overdue) says what happens when it passes.
    pub deadline: Option<Instant>,
    /// Tasks that this one waits for, as its [rule](Self::trigger) says. Each must be known to the
    /// executor: not submitted yet, or forgotten because it has ended and its handle is gone, is an
    /// error.
    pub dependencies: Vec<TaskId>,
    /// How long it is expected to run. Zero, the default, is not known; an executor with a
    /// [`history`](crate::executor::ExecutorConfig::history) then goes by what others of its kind
    /// took.
    pub estimated_duration: Duration,
    /// What kind of task it is: run times of one kind say something about the next of the same
    /// kind. `None` is its name. A few hundred kinds are plenty: if names are unique, set kinds.
    pub kind: Option<Arc<str>>,
    /// How many bytes it works on, if that says something about its run time.
    pub input_size: Option<u64>,
    /// What it occupies while it runs.
    pub resource_requirements: ResourceRequirements,
    /// The [concurrency groups](crate::executor::ExecutorConfig::groups) it belongs to, by name.
    pub groups: Vec<Arc<str>>,
    /// What each of its attempts takes of which [rate](crate::executor::ExecutorConfig::rates).
    pub costs: Vec<Cost>,
    /// How long one attempt may run. `None` is
    /// [`default_timeout`](crate::executor::ExecutorConfig::default_timeout), `Duration::MAX` for
    /// ever.
    pub timeout: Option<Duration>,
    /// Which ends of its dependencies let it start. Default: only if all have completed.
    pub trigger: TriggerRule,
    /// What it does about attempts that go wrong, if anything.
    pub resilience: Option<Box<Resilience>>,
    /// Which of the errors that it returns are worth another attempt. `None` is all of them.
    pub retry_if: Option<RetryPredicate>,
    /// What to run. Several tasks may share one in an `Arc`.
    pub task: Box<dyn AsyncTask>,
}

impl ExecutableTask {
    /// A task with a fresh id, the lowest priority, no deadline, no dependencies and no
    /// requirements.
    pub fn new(task: impl AsyncTask) -> Self {
        Self {
            id: TaskId::fresh(),
            name: None,
            priority: 0,
            deadline: None,
            dependencies: Vec::new(),
            estimated_duration: Duration::ZERO,
            kind: None,
            input_size: None,
            resource_requirements: ResourceRequirements::default(),
            groups: Vec::new(),
            costs: Vec::new(),
            timeout: None,
            trigger: TriggerRule::default(),
            resilience: None,
            retry_if: None,
            task: Box::new(task),
        }
    }

    /// Another task with a fresh id, which runs something else and is like this one otherwise.
    pub(in crate::executor) fn like(&self, task: impl AsyncTask) -> Self {
        Self {
            id: TaskId::fresh(),
            name: self.name.clone(),
            dependencies: self.dependencies.clone(),
            kind: self.kind.clone(),
            groups: self.groups.clone(),
            costs: self.costs.clone(),
            resilience: self.resilience.clone(),
            retry_if: self.retry_if.clone(),
            task: Box::new(task),
            ..*self
        }
    }

    /// Replaces the fresh id by one of the caller's.
    #[must_use]
    pub fn with_id(mut self, id: TaskId) -> Self {
        self.id = id;
        self
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
    pub fn deadline(mut self, deadline: impl Into<Instant>) -> Self {
        self.deadline = Some(deadline.into());
        self
    }

    /// Adds a dependency.
    #[must_use]
    pub fn after(mut self, dependency: impl Into<TaskId>) -> Self {
        self.dependencies.push(dependency.into());
        self
    }

    /// Adds several dependencies.
    #[must_use]
    pub fn after_all<I>(mut self, dependencies: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<TaskId>,
    {
        self.dependencies.extend(dependencies.into_iter().map(Into::into));
        self
    }

    /// Sets the expected run time.
    #[must_use]
    pub fn estimate(mut self, estimate: Duration) -> Self {
        self.estimated_duration = estimate;
        self
    }

    /// Sets the kind, for an executor with a [`history`](crate::executor::ExecutorConfig::history).
    #[must_use]
    pub fn kind(mut self, kind: impl Into<Arc<str>>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Sets how many bytes the task works on, likewise.
    #[must_use]
    pub fn input_size(mut self, bytes: u64) -> Self {
        self.input_size = Some(bytes);
        self
    }

    /// Sets what the task occupies while it runs.
    #[must_use]
    pub fn requires(mut self, requirements: ResourceRequirements) -> Self {
        self.resource_requirements = requirements;
        self
    }

    /// Adds it to a [concurrency group](crate::executor::ExecutorConfig::groups): with the others
    /// in the group, no more of them run at once than its limit says.
    #[must_use]
    pub fn group(mut self, name: impl Into<Arc<str>>) -> Self {
        self.groups.push(name.into());
        self
    }

    /// Has each attempt take so many units of a [rate](crate::executor::ExecutorConfig::rates) when
    /// it starts, and start when there are so many.
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

    /// Sets how often the task is tried. [`AsyncTask::run`] is called once for each attempt; only
    /// the failure of the last one counts.
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, RetryPolicy};
    /// use graph_runtime::{TaskError, task_fn};
    /// use std::time::Duration;
    ///
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let flaky = task_fn(|context| async move {
    ///     if context.attempt() < 3 { Err(TaskError::from("busy")) } else { Ok(context.attempt()) }
    /// });
    /// let policy = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::attempts(5) };
    /// let task = ExecutableTask::new(flaky).retry(policy);
    /// let output = executor.block_on(async { executor.submit(task).await?.await })?;
    /// assert_eq!(*output.downcast::<u32>().unwrap(), 3);
    /// # Ok::<(), graph_runtime::ExecutorError>(())
    /// ```
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.resilience.get_or_insert_default().retry = Some(policy);
        self
    }

    /// Sets which of the errors that the task returns are worth another attempt, if its
    /// [policy](Self::retry) has one left. It is asked without any lock held. If it panics the task
    /// is not tried again, and ends with an error that says so. Panics of the task, and timeouts,
    /// are not its business but the policy's.
    #[must_use]
    pub fn retry_if(
        mut self,
        is_worth_it: impl Fn(&(dyn Error + Send + Sync + 'static)) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.retry_if = Some(Arc::new(is_worth_it));
        self
    }

    /// Sets how long an attempt may go without a [sign of
    /// life](crate::executor::TaskContext::heartbeat), from its beginning or the last one.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.resilience.get_or_insert_default().idle_timeout = Some(timeout);
        self
    }

    /// Sets how long the task may take from its first start on, with all its attempts and the waits
    /// between them. What it waits for before has no part in that.
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.resilience.get_or_insert_default().total_timeout = Some(timeout);
        self
    }
}

impl fmt::Debug for ExecutableTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutableTask")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("priority", &self.priority)
            .field("deadline", &self.deadline)
            .field("dependencies", &self.dependencies)
            .field("estimated_duration", &self.estimated_duration)
            .field("kind", &self.kind)
            .field("input_size", &self.input_size)
            .field("resource_requirements", &self.resource_requirements)
            .field("groups", &self.groups)
            .field("costs", &self.costs)
            .field("timeout", &self.timeout)
            .field("trigger", &self.trigger)
            .field("resilience", &self.resilience)
            .finish_non_exhaustive()
    }
}
