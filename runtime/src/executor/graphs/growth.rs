//! Adding to a graph that runs, and changing what has not started.

use crate::executor::books::batch::Batch;
use crate::executor::books::home::Home;
use crate::executor::drained::{Drained, Left};
use crate::executor::inner::Inner;
use crate::executor::{
    AsyncTaskExecutor, ExecutableTask, ExecutorError, Graph, GraphHandle, GraphPart, SubmitError,
    TaskContext, TaskHandle,
};
use scheduler::{Dependents, GraphId, TaskId};
use std::sync::Arc;
use std::time::Instant;

/// # Growth
///
/// A task of a graph can add others to it while it runs: they belong to the graph as if they had
/// been submitted with it, and the graph ends after them. What it is to its own dependents, it says
/// by [`connect`](Self::connect): while it runs, whatever depends on it has not started.
impl TaskContext {
    /// The graph the task belongs to; `None` if it was submitted alone.
    pub fn graph(&self) -> Option<GraphId> {
        self.task.batch.home.graph()
    }

    /// The generation of the innermost [loop](Graph::repeat) to which the task belongs, counted
    /// from 1; 0 outside loops. What a task adds belongs to its generation.
    pub fn generation(&self) -> u64 {
        self.task.generation()
    }

    /// Adds a task to the graph of this one, or submits it alone like this one, if there is room
    /// for it now. It may depend on whatever is known, also on this task.
    ///
    /// A task that waited for room would keep its slot from those that could make some, so there is
    /// no waiting here; see [`map`](Self::map) for more tasks than the queue has room for.
    ///
    /// # Errors
    ///
    /// The task comes back with the reason, as for [`AsyncTaskExecutor::try_submit`]; further
    /// [`is_too_late`](ExecutorError::is_too_late) if the graph is stopping.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, ExecutorError};
    /// use graph_runtime::Graph;
    /// use graph_runtime::{TaskError, task_fn};
    ///
    /// let mut graph = Graph::new();
    /// graph.task("plan", |context| async move {
    ///     let step = ExecutableTask::new(task_fn(|_| async { Ok::<_, TaskError>(()) }));
    ///     drop(context.try_submit(step.named("step").after(context.id()))?);
    ///     Ok::<_, ExecutorError>(())
    /// })
    /// .add();
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let report = executor.block_on(executor.run(graph))?;
    /// assert_eq!(report.counts().completed, 2);
    /// # Ok::<(), ExecutorError>(())
    /// ```
    pub fn try_submit(
        &self,
        task: ExecutableTask,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        match self.inner() {
            Ok(inner) => inner.submit_now(self.task.beside(), task),
            Err(error) => Err(SubmitError::new(error, task)),
        }
    }

    /// Adds all tasks of `tasks` to the graph of this one, or none of them, if there is room for
    /// all of them now. A failure policy or a deadline of `tasks` counts for nothing: those of the
    /// graph hold.
    ///
    /// # Errors
    ///
    /// As [`try_submit`](Self::try_submit) and [`AsyncTaskExecutor::try_submit_graph`];
    /// [`Rejected`](ExecutorError::Rejected) if `tasks` has a [timeout](Graph::timeout), which only
    /// a graph as a whole can have; [`NoGraph`](ExecutorError::NoGraph) if this task was submitted
    /// alone.
    pub fn try_grow(&self, tasks: Graph) -> Result<GraphPart, SubmitError<Graph>> {
        match self.inner() {
            Err(error) => Err(SubmitError::new(error, tasks)),
            Ok(_) if self.graph().is_none() => {
                let error = ExecutorError::NoGraph { id: self.id() };
                Err(SubmitError::new(error, tasks))
            }
            Ok(inner) => inner.grow_now(self.task.beside(), tasks),
        }
    }

    /// Makes `after` wait for `before` as well.
    ///
    /// # Errors
    ///
    /// As [`AsyncTaskExecutor::connect`].
    pub fn connect(
        &self,
        before: impl Into<TaskId>,
        after: impl Into<TaskId>,
    ) -> Result<(), ExecutorError> {
        self.inner()?.connect(before.into(), after.into())
    }

    pub(in crate::executor) fn inner(&self) -> Result<Arc<Inner>, ExecutorError> {
        self.task.batch.home.inner().ok_or(ExecutorError::ShutDown)
    }
}

/// # Growth
impl GraphHandle {
    /// Adds a task to the graph; waits while the queue is full. Callers that wait are served in
    /// order.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready adds nothing, and leaves no trace.
    ///
    /// # Errors
    ///
    /// As [`try_submit`](Self::try_submit), without `QueueFull`.
    pub async fn submit(
        &self,
        task: ExecutableTask,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        self.inner.submit_in_turn(self.batch.home.beside(), task).await
    }

    /// Adds a task to the graph if there is room for it now.
    ///
    /// # Errors
    ///
    /// The task comes back with the reason, as for [`AsyncTaskExecutor::try_submit`]; further
    /// [`is_too_late`](ExecutorError::is_too_late) if the graph has ended or is stopping.
    pub fn try_submit(
        &self,
        task: ExecutableTask,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        self.inner.submit_now(self.batch.home.beside(), task)
    }

    /// Adds all tasks of `tasks` to the graph, or none of them, as [`TaskContext::try_grow`] does.
    ///
    /// # Errors
    ///
    /// As [`try_submit`](Self::try_submit) and [`AsyncTaskExecutor::try_submit_graph`].
    pub fn try_grow(&self, tasks: Graph) -> Result<GraphPart, SubmitError<Graph>> {
        self.inner.grow_now(self.batch.home.beside(), tasks)
    }
}

/// # Changing what has not started
impl AsyncTaskExecutor {
    /// Makes `after`, which has not started, wait for `before` as well, in the same graph or not. A
    /// `before` that has completed changes nothing; if it has ended in any other way `after` is
    /// skipped. `after` can ask for the output of `before` only if it was submitted with it as a
    /// dependency.
    ///
    /// Usually O(log tasks); if both wait and others wait behind, O(edges below `after` or above
    /// `before`, whichever are fewer).
    ///
    /// # Errors
    ///
    /// [`Rejected`](ExecutorError::Rejected): a cycle, which is named task by task, a task that
    /// nobody knows, or [too late](ExecutorError::is_too_late), because `after` has started.
    pub fn connect(
        &self,
        before: impl Into<TaskId>,
        after: impl Into<TaskId>,
    ) -> Result<(), ExecutorError> {
        self.inner.connect(before.into(), after.into())
    }

    /// Removes a task that has not started: it ends as cancelled, and `dependents` says whether
    /// what waits for it is skipped or does not wait for it any more.
    ///
    /// # Errors
    ///
    /// [`Rejected`](ExecutorError::Rejected): a task that nobody knows, or [too
    /// late](ExecutorError::is_too_late); one that runs can be [cancelled](Self::cancel).
    pub fn remove(
        &self,
        task: impl Into<TaskId>,
        dependents: Dependents,
    ) -> Result<(), ExecutorError> {
        self.inner.step(|core, step| core.remove(task.into(), dependents, step))
    }

    /// Starts nothing from now on, until [`resume`](Self::resume). What runs goes on, and
    /// everything else is as usual. A task that was about to start may still do so.
    pub fn pause(&self) {
        self.inner.step(|core, _| core.pause());
    }

    /// Comes to an end without losing anything: starts nothing and accepts nothing new from now on,
    /// for good, lets what runs go on until `deadline`, then stops it, and returns what is left, to
    /// be written down or [submitted](Drained::into_graph) elsewhere. A deadline that has passed
    /// stops what runs at once; without one, it may take as long as it likes.
    ///
    /// Running tasks can still add to their graphs; what they add is part of what is left.
    /// Submitters that wait get their tasks back with [`Draining`](ExecutorError::Draining). For
    /// handles and reports what is left was cancelled.
    ///
    /// Another drain meanwhile waits as well, and can bring the deadline forward; what is left goes
    /// to the one that is polled first when everything has ended. [`shutdown`](Self::shutdown) ends
    /// a drain, and what has not been returned is lost. A task that waits for the drain of its own
    /// executor waits for itself.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take back the drain, and loses nothing: another one returns
    /// what is left.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, TaskError};
    ///
    /// let first = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// first.pause();
    /// let mut graph = Graph::new();
    /// let load = graph.task("load", |_| async { Ok::<_, TaskError>(7) }).add();
    /// graph.task("store", |_| async { Ok::<_, TaskError>(()) }).after(load).add();
    /// drop(first.try_submit_graph(graph)?);
    /// let left = first.block_on(first.drain(None));
    /// assert_eq!(left.remaining.len(), 2);
    ///
    /// let second = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let report = second.block_on(second.run(left.into_graph()))?;
    /// assert_eq!(*report.output(load)?, 7);
    /// # Ok::<(), graph_runtime::ExecutorError>(())
    /// ```
    pub async fn drain(&self, deadline: Option<Instant>) -> Drained {
        self.inner.begin_drain(deadline);
        self.idle().await;
        let (remaining, stopped) = self.inner.core.lock().take_drained();
        let stopped = stopped.into_iter().filter_map(Left::of_stopped);
        Drained {
            remaining: remaining.into_iter().map(Left::settle).collect(),
            cancelled: stopped.map(Left::settle).collect(),
        }
    }

    /// Undoes [`pause`](Self::pause).
    pub fn resume(&self) {
        self.inner.step(|core, _| core.resume());
    }
}

impl Inner {
    fn connect(self: &Arc<Self>, before: TaskId, after: TaskId) -> Result<(), ExecutorError> {
        self.step(|core, step| core.add_edge(before, after, step))
    }

    /// Adds tasks to a graph if there is room for them now.
    fn grow_now(
        self: &Arc<Self>,
        home: Home,
        graph: Graph,
    ) -> Result<GraphPart, SubmitError<Graph>> {
        let now = self.now();
        let Graph { tasks, options } = graph;
        let batch = Batch::new(tasks, home, now);
        let plan = self.plan_part(batch.tasks(), options);
        let accepted = self.step_at(now, |core, step| core.accept_part(plan, &batch, step));
        let result = match accepted {
            Ok(()) => Ok(GraphPart::new(Arc::clone(self), batch)),
            Err(error) => {
                let tasks = batch.into_tasks().expect("nobody keeps what was refused");
                Err(SubmitError::new(error, Graph { tasks, options }))
            }
        };
        self.count_rejected(result, Graph::len)
    }
}
