//! Putting a graph together.

use crate::executor::books::tasks::Tasks;
use crate::executor::task::async_task::task_fn;
use crate::executor::{ExecutableTask, Node, TaskContext, TaskError};
use scheduler::{FailurePolicy, LookAhead, ResourceRequirements, RetryPolicy, TaskId, TriggerRule};
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Tasks that depend on each other, submitted together or not at all.
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::{ExecutorError, Graph};
/// use std::convert::Infallible;
///
/// let mut graph = Graph::new();
/// let left = graph.task("left", |_| async { Ok::<_, Infallible>(20) }).add();
/// let right = graph.task("right", |_| async { Ok::<_, Infallible>(22) }).add();
/// let sum = graph
///     .task("sum", move |context| async move {
///         Ok::<i32, ExecutorError>(*context.output(left)? + *context.output(right)?)
///     })
///     .after(left)
///     .after(right)
///     .priority(1)
///     .add();
/// assert_eq!(graph.len(), 3);
/// # let _ = sum;
/// ```
#[derive(Default)]
pub struct Graph {
    pub(in crate::executor) tasks: Tasks,
    pub(in crate::executor) options: GraphOptions,
}

/// What a graph says about itself as a whole.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::executor) struct GraphOptions {
    pub(in crate::executor) failure: FailurePolicy,
    pub(in crate::executor) deadline: Option<Instant>,
    pub(in crate::executor) look_ahead: Option<LookAhead>,
    pub(in crate::executor) timeout: Option<Duration>,
}

impl Graph {
    /// A graph without tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what the graph does when one of its tasks fails or times out. Default: whatever does
    /// not depend on it goes on.
    #[must_use]
    pub fn failure_policy(mut self, policy: FailurePolicy) -> Self {
        self.options.failure = policy;
        self
    }

    /// Sets when the graph as a whole should have ended. It concerns each of its tasks alike:
    /// between graphs the earliest deadline goes first, inside one the longest way to an end.
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, TaskError};
    /// use std::time::{Duration, Instant};
    ///
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let mut graph = Graph::new().deadline(Instant::now() + Duration::from_secs(60));
    /// graph.task("quick", |_| async { Ok::<_, TaskError>(()) }).add();
    /// let report = executor.block_on(executor.run(graph))?;
    /// assert_eq!(report.lateness(), Some(Duration::ZERO));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn deadline(mut self, deadline: impl Into<Instant>) -> Self {
        self.options.deadline = Some(deadline.into());
        self
    }

    /// Looks for a better order than that of the critical path before the graph starts, by
    /// rehearsing it as often as `how` allows; for estimates that are known to be good, and if
    /// there is time to spare.
    ///
    /// It takes some hundred nanoseconds for each of [`starts_max`](LookAhead::starts_max) starts:
    /// in [`submit_graph`](crate::executor::AsyncTaskExecutor::submit_graph) on a thread for
    /// blocking closures, in
    /// [`try_submit_graph`](crate::executor::AsyncTaskExecutor::try_submit_graph) on the calling
    /// one, and in neither case under a lock. A policy that looks at no rank ignores it.
    ///
    /// ```
    /// use graph_runtime::{Graph, LookAhead};
    ///
    /// let how = LookAhead { slots: 16, starts_max: 100_000, seed: 1 };
    /// let graph = Graph::new().look_ahead(how);
    /// # let _ = graph;
    /// ```
    #[must_use]
    pub fn look_ahead(mut self, how: LookAhead) -> Self {
        self.options.look_ahead = Some(how);
        self
    }

    /// Sets how long the graph as a whole may take from its submission on. When that is over it
    /// stops as a [fail-fast](FailurePolicy::FailFast) graph does, but that what is stopped has
    /// timed out. Tasks that tidy up run even then; they can have timeouts of their own.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Begins a task made of a closure; see [`task_fn`]. [`GraphTask::add`] adds it.
    pub fn task<F, Fut, T, E>(&mut self, name: impl Into<Arc<str>>, run: F) -> GraphTask<'_, T>
    where
        F: Fn(TaskContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + Sync + 'static,
        E: Into<TaskError>,
    {
        let task = ExecutableTask::new(task_fn(run)).named(name);
        GraphTask { graph: self, task, output: PhantomData }
    }

    /// Adds a task that was put together elsewhere.
    ///
    /// # Panics
    ///
    /// If the graph would have 2^32 tasks or dependencies.
    pub fn push(&mut self, task: ExecutableTask) -> TaskId {
        let id = task.id;
        self.tasks.push(task);
        id
    }

    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.tasks.records.len()
    }

    /// Whether there are no tasks. Such a graph ends at once.
    pub fn is_empty(&self) -> bool {
        self.tasks.records.is_empty()
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph").field("tasks", &self.tasks).field("options", &self.options).finish()
    }
}

/// A task that is being added to a graph.
#[derive(Debug)]
#[must_use = "the task is not part of the graph before `add`"]
pub struct GraphTask<'a, T> {
    graph: &'a mut Graph,
    task: ExecutableTask,
    output: PhantomData<fn() -> T>,
}

impl<T> GraphTask<'_, T> {
    fn with(mut self, change: impl FnOnce(ExecutableTask) -> ExecutableTask) -> Self {
        self.task = change(self.task);
        self
    }

    /// Adds a dependency: a task of this graph, or one that was submitted before.
    pub fn after(self, dependency: impl Into<TaskId>) -> Self {
        self.with(|task| task.after(dependency))
    }

    /// Adds several dependencies.
    pub fn after_all<I>(self, dependencies: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<TaskId>,
    {
        self.with(|task| task.after_all(dependencies))
    }

    /// Sets the priority: the higher, the earlier.
    pub fn priority(self, priority: u32) -> Self {
        self.with(|task| task.priority(priority))
    }

    /// Sets when the task should have ended.
    pub fn deadline(self, deadline: impl Into<Instant>) -> Self {
        self.with(|task| task.deadline(deadline))
    }

    /// Sets the expected run time.
    pub fn estimate(self, estimate: Duration) -> Self {
        self.with(|task| task.estimate(estimate))
    }

    /// Sets the kind of task, by which run times are learnt. Default: its name.
    pub fn kind(self, kind: impl Into<Arc<str>>) -> Self {
        self.with(|task| task.kind(kind))
    }

    /// Sets how many bytes the task works on.
    pub fn input_size(self, bytes: u64) -> Self {
        self.with(|task| task.input_size(bytes))
    }

    /// Sets what the task occupies while it runs.
    pub fn requires(self, requirements: ResourceRequirements) -> Self {
        self.with(|task| task.requires(requirements))
    }

    /// Adds the task to a concurrency group; see [`ExecutableTask::group`].
    pub fn group(self, name: impl Into<Arc<str>>) -> Self {
        self.with(|task| task.group(name))
    }

    /// Has each attempt take so many units of a rate; see [`ExecutableTask::costs`].
    pub fn costs(self, rate: impl Into<Arc<str>>, units: f64) -> Self {
        self.with(|task| task.costs(rate, units))
    }

    /// Sets how long one attempt may run.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|task| task.timeout(timeout))
    }

    /// Sets which ends of its dependencies let the task start.
    pub fn trigger(self, rule: TriggerRule) -> Self {
        self.with(|task| task.trigger(rule))
    }

    /// Sets how often the task is tried; see [`ExecutableTask::retry`].
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.with(|task| task.retry(policy))
    }

    /// Sets which of its errors are worth another attempt; see [`ExecutableTask::retry_if`].
    pub fn retry_if(
        self,
        is_worth_it: impl Fn(&(dyn Error + Send + Sync + 'static)) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|task| task.retry_if(is_worth_it))
    }

    /// Sets how long an attempt may go without a sign of life.
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        self.with(|task| task.idle_timeout(timeout))
    }

    /// Sets how long the task may take from its first start on, with all its attempts.
    pub fn total_timeout(self, timeout: Duration) -> Self {
        self.with(|task| task.total_timeout(timeout))
    }

    /// Replaces the fresh id by one of the caller's.
    pub fn with_id(self, id: TaskId) -> Self {
        self.with(|task| task.with_id(id))
    }

    /// Adds the task to the graph.
    pub fn add(self) -> Node<T> {
        Node::new(self.graph.push(self.task))
    }
}
