//! A task as it is submitted.

use super::AsyncTask;
use scheduler::{ResourceRequirements, TaskId};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A task, and everything the scheduler may know about it.
///
/// It carries no [`TaskContext`](super::TaskContext): the executor makes one for each attempt,
/// because attempt number, worker and cancellation are the attempt's, not the task's.
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::{ExecutableTask, task_fn};
/// use std::time::Duration;
///
/// let fetch = ExecutableTask::new(task_fn(|_| async { Ok::<_, std::io::Error>(1) })).named("fetch");
/// let parse = ExecutableTask::new(task_fn(|_| async { Ok::<_, std::io::Error>(2) }))
///     .named("parse")
///     .after(fetch.id)
///     .priority(3)
///     .timeout(Duration::from_secs(5));
/// assert_eq!(parse.dependencies, [fetch.id]);
/// ```
#[derive(Clone)]
pub struct ExecutableTask {
    /// Its name for everybody else; unique until it is forgotten.
    pub id: TaskId,
    /// A name for people.
    pub name: Option<Arc<str>>,
    /// The higher, the earlier; classes are strict.
    pub priority: u32,
    /// When it should have ended. Orders the queue;
    /// [`overdue`](super::ExecutorConfig::overdue) says what happens when it passes.
    pub deadline: Option<Instant>,
    /// Tasks that must complete before this one starts. Each must be known to the executor: not
    /// submitted yet, or forgotten because it has ended and its handle is gone, is an error.
    pub dependencies: Vec<TaskId>,
    /// How long it is expected to run. Zero, the default, is not known; an executor with a
    /// [`history`](super::ExecutorConfig::history) then goes by what others of its kind took.
    pub estimated_duration: Duration,
    /// What kind of task it is: run times of one kind say something about the next of the same
    /// kind. `None` is its name. A few hundred kinds are plenty: if names are unique, set kinds.
    pub kind: Option<Arc<str>>,
    /// How many bytes it works on, if that says something about its run time.
    pub input_size: Option<u64>,
    /// What it occupies while it runs.
    pub resource_requirements: ResourceRequirements,
    /// How long one attempt may run. `None` is
    /// [`default_timeout`](super::ExecutorConfig::default_timeout), `Duration::MAX` for ever.
    pub timeout: Option<Duration>,
    /// What to run.
    pub task: Arc<dyn AsyncTask>,
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
            timeout: None,
            task: Arc::new(task),
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

    /// Sets the kind, for an executor with a [`history`](super::ExecutorConfig::history).
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

    /// Sets how long one attempt may run.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
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
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
