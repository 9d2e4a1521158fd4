//! The executor, as its owner holds it.

use super::books::home::Home;
use super::books::idle::Idle;
use super::config::invalid;
use super::core::Core;
use super::inner::Inner;
use super::steer::control::Control;
use super::{
    Concurrency, Events, ExecutableTask, ExecutorConfig, ExecutorError, Graph, GraphHandle,
    GraphReport, SubmitError, TaskHandle,
};
use crate::context;
use crate::runtime::{Builder, Handle, Runtime};
use monitor::{MetricsSnapshot, ResourceMonitor, ResourceMonitorConfig};
use scheduler::{Counts, History, TaskId};
use std::fmt;
use std::sync::{Arc, Weak};

/// Runs tasks in the order of their dependencies, priorities, deadlines and critical path, under
/// limits and budgets. See [the module](super) for how.
///
/// Dropping it cancels everything. An executor that owns its runtime also joins the runtime's
/// threads, as dropping a [`Runtime`] does; within a task it does not wait for them.
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, task_fn};
/// use std::convert::Infallible;
///
/// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
/// let answer = executor.block_on(async {
///     let task = ExecutableTask::new(task_fn(|_| async { Ok::<_, Infallible>(42) }));
///     executor.submit(task).await?.await
/// })?;
/// assert_eq!(*answer.downcast::<i32>().unwrap(), 42);
/// # Ok::<(), graph_runtime::executor::ExecutorError>(())
/// ```
pub struct AsyncTaskExecutor {
    pub(super) inner: Arc<Inner>,
    runtime: Option<Runtime>,
}

impl AsyncTaskExecutor {
    /// An executor with a multi-thread runtime of its own, and a resource monitor.
    ///
    /// # Errors
    ///
    /// [`ExecutorError::InvalidConfig`], and [`ExecutorError::Runtime`] if the system refuses a
    /// thread.
    pub fn new(config: ExecutorConfig) -> Result<Self, ExecutorError> {
        config.validate()?;
        let monitor = ResourceMonitorConfig {
            cpu_threshold: config.cpu_target,
            memory_threshold: config.memory_threshold,
            ..ResourceMonitorConfig::default()
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(config.worker_count)
            .work_stealing(config.enable_work_stealing)
            .resource_monitor(monitor)
            .build()
            .map_err(|error| ExecutorError::Runtime(Arc::new(error)))?;
        let mut executor = Self::on(runtime.handle().clone(), config)?;
        executor.runtime = Some(runtime);
        Ok(executor)
    }

    /// An executor on a runtime that exists. `worker_count` and `enable_work_stealing` are that
    /// runtime's own affair then.
    ///
    /// When the runtime shuts down first, running tasks end as cancelled, and so does everything
    /// that would start later.
    ///
    /// # Errors
    ///
    /// [`ExecutorError::InvalidConfig`], also if a field needs a resource monitor and the runtime
    /// has none.
    pub fn on(handle: Handle, config: ExecutorConfig) -> Result<Self, ExecutorError> {
        config.validate()?;
        let monitor = handle.resource_monitor().cloned();
        Self::monitored(handle, monitor, config)
    }

    /// An executor that goes by this monitor.
    pub(super) fn monitored(
        handle: Handle,
        monitor: Option<Arc<ResourceMonitor>>,
        config: ExecutorConfig,
    ) -> Result<Self, ExecutorError> {
        if let (None, Some((field, value))) = (&monitor, config.needs_monitor()) {
            let allowed = "left alone on a runtime without a resource monitor; ask for one with \
                           `Builder::resource_monitor`";
            return Err(invalid(field, value, allowed));
        }
        let control = monitor.as_ref().and_then(|monitor| {
            let shared = handle.shared();
            Control::new(&config, monitor, shared)
        });
        let below = &handle.shared().config;
        // Without stealing a worker does not come for what another one could start.
        let runners = if below.work_stealing { below.workers } else { usize::MAX };
        let core = Core::new(&config, handle.shared().seams.seed, control, runners)?;
        let inner = Arc::new(Inner::new(core, handle, monitor, config));
        let own: Weak<Inner> = Arc::downgrade(&inner);
        inner.handle.shared().executors.add(own);
        Ok(Self { inner, runtime: None })
    }

    /// Submits a task; waits while the queue is full. Callers that wait are served in order.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready submits nothing, and leaves no trace.
    ///
    /// # Errors
    ///
    /// As [`try_submit`](Self::try_submit), without `QueueFull`.
    #[track_caller]
    pub fn submit(
        &self,
        task: ExecutableTask,
    ) -> impl Future<Output = Result<TaskHandle, SubmitError<ExecutableTask>>> {
        self.inner.submit_in_turn(Home::alone(&self.inner), task)
    }

    /// Submits a task if there is room for it now.
    ///
    /// # Errors
    ///
    /// The task comes back with the reason: [`QueueFull`](ExecutorError::QueueFull), which
    /// passes; [`Rejected`](ExecutorError::Rejected) for an id that is known already, a dependency
    /// that is not (never submitted, or ended and forgotten), or requirements that exceed a
    /// budget; [`ShutDown`](ExecutorError::ShutDown).
    #[track_caller]
    pub fn try_submit(
        &self,
        task: ExecutableTask,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        self.inner.submit_now(Home::alone(&self.inner), task)
    }

    /// Submits a graph; waits until the queue has room for all of it. Callers that wait are served
    /// in order, so a large graph is not overtaken by small ones, and holds them up.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready submits nothing, and leaves no trace.
    ///
    /// # Errors
    ///
    /// As [`try_submit_graph`](Self::try_submit_graph), without `QueueFull`.
    #[track_caller]
    pub fn submit_graph(
        &self,
        graph: Graph,
    ) -> impl Future<Output = Result<GraphHandle, SubmitError<Graph>>> {
        let home = Home::whole(&self.inner);
        async move {
            let result = self.inner.submit_whole_in_turn(home, graph).await;
            self.inner.count_rejected(result, Graph::len)
        }
    }

    /// Submits a graph if there is room for all of it now.
    ///
    /// # Errors
    ///
    /// The graph comes back with the reason, as for [`try_submit`](Self::try_submit); further
    /// reasons are a cycle, which is named task by task, and
    /// [`GraphTooLarge`](ExecutorError::GraphTooLarge): more tasks than `max_queue_size` never
    /// fit, because a graph is accepted as a whole.
    #[track_caller]
    pub fn try_submit_graph(&self, graph: Graph) -> Result<GraphHandle, SubmitError<Graph>> {
        let result = self.inner.submit_whole(Home::whole(&self.inner), graph, None, None);
        self.inner.count_rejected(result, Graph::len)
    }

    /// Submits a graph and waits until every task of it has ended.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future detaches a graph that has been accepted.
    ///
    /// # Errors
    ///
    /// As [`submit_graph`](Self::submit_graph). Tasks that fail are in the report.
    #[track_caller]
    pub fn run(
        &self,
        graph: Graph,
    ) -> impl Future<Output = Result<GraphReport, SubmitError<Graph>>> {
        let submitted = self.submit_graph(graph);
        async move { Ok(submitted.await?.await) }
    }

    /// Cancels a task: one that waits ends at once, one that runs is stopped. What depends on it
    /// is skipped. False if it has ended, or nobody knows it.
    pub fn cancel(&self, id: TaskId) -> bool {
        self.inner.step(|core, step| core.cancel(id, step))
    }

    /// Cancels every task. The executor goes on accepting others.
    pub fn cancel_all(&self) {
        self.inner.step(|core, step| core.cancel_all(step));
    }

    /// Waits until no task waits or runs. Tasks that others submit meanwhile are waited for too.
    ///
    /// A task that waits for its own executor to be idle waits for itself, until it is
    /// [cancelled](Self::cancel) or runs into a [timeout](ExecutableTask::timeout). To wait for
    /// some tasks, it can await their handles.
    pub async fn idle(&self) {
        Idle::new(&self.inner).await;
    }

    /// Accepts nothing more, cancels everything, and waits until nothing runs: every future has
    /// been dropped then, and every handle gives its result. Submitters that wait are sent away. A
    /// task that does this is cancelled with the others.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take back the cancellation.
    pub async fn shutdown(&self) {
        self.inner.close();
        self.idle().await;
    }

    /// What happens from now on that is nobody's result: deadlines that pass while their tasks
    /// run, if [`overdue`](ExecutorConfig::overdue) says so.
    pub fn events(&self) -> Events {
        self.inner.audience.listen()
    }

    /// How many tasks are where.
    pub fn counts(&self) -> Counts {
        self.inner.core.lock().counts()
    }

    /// Tasks the executor remembers: those that have not ended, and ended ones whose handle, or
    /// whose graph's handle, is still there and has not given its result.
    pub fn known_tasks(&self) -> usize {
        self.inner.core.lock().known()
    }

    /// Times and counts of tasks and workers so far.
    pub fn metrics(&self) -> MetricsSnapshot {
        self.inner.metrics.snapshot()
    }

    /// A copy of what has been learnt about run times, for the next executor or the next run;
    /// `None` if nothing is, see [`ExecutorConfig::history`].
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, History, TaskError};
    ///
    /// let history = Some(History::default());
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig { history, ..Default::default() })?;
    /// let mut graph = Graph::new();
    /// for part in 0..3 {
    ///     let sort = |_| async { Ok::<_, TaskError>(()) };
    ///     graph.task(format!("sort part {part}"), sort).kind("sort").add();
    /// }
    /// executor.block_on(executor.run(graph))?;
    /// let history = executor.history().expect("it learns");
    /// assert_eq!(history.get("sort").map(|sort| sort.samples), Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn history(&self) -> Option<History> {
        self.inner.history()
    }

    /// The limit on tasks in flight, who decides on it, and the last decisions with their reasons.
    pub fn concurrency(&self) -> Concurrency {
        self.inner.core.lock().concurrency()
    }

    /// The monitor of the machine, if the runtime has one.
    pub fn resource_monitor(&self) -> Option<&Arc<ResourceMonitor>> {
        self.inner.monitor.as_ref()
    }

    /// The settings.
    pub fn config(&self) -> &ExecutorConfig {
        &self.inner.config
    }

    /// The runtime that runs the tasks.
    pub fn handle(&self) -> &Handle {
        &self.inner.handle
    }

    /// Blocks the calling thread on a future; see [`Handle::block_on`].
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks, which must not block.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.runtime {
            Some(runtime) => runtime.block_on(future),
            None => self.inner.handle.block_on(future),
        }
    }
}

impl Drop for AsyncTaskExecutor {
    fn drop(&mut self) {
        self.inner.close();
        // Within a task nobody may wait for threads; they end by themselves.
        if let Some(runtime) = self.runtime.take()
            && !context::may_block()
        {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for AsyncTaskExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncTaskExecutor")
            .field("config", &self.inner.config)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}
