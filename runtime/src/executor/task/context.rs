//! What a running attempt knows about itself.

use crate::executor::attempts::cancellation::Cancelled;
use crate::executor::attempts::sign::Sign;
use crate::executor::books::batch::TaskRef;
use crate::executor::{ExecutorError, OutputOf};
use scheduler::{EndState, TaskId};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// An attempt's view of itself: who it is, when it is due, whether it is to stop, and what its
/// dependencies returned. Cheap to clone.
///
/// It keeps the outputs of the task and of its graph alive, so an output should not contain it.
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::{AsyncTaskExecutor, ExecutorConfig, ExecutorError, Graph};
/// use std::convert::Infallible;
///
/// let mut graph = Graph::new();
/// let load = graph.task("load", |_| async { Ok::<_, Infallible>(2_u32) }).add();
/// let square = graph
///     .task("square", move |context| async move {
///         let loaded = context.output(load)?;
///         Ok::<_, ExecutorError>(*loaded * *loaded)
///     })
///     .after(load)
///     .add();
///
/// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
/// let report = executor.block_on(executor.run(graph))?;
/// assert_eq!(*report.output(square)?, 4);
/// # Ok::<(), ExecutorError>(())
/// ```
#[derive(Clone)]
pub struct TaskContext {
    pub(in crate::executor) task: TaskRef,
    attempt: u32,
    worker: Option<usize>,
    sign: Option<Arc<Sign>>,
}

impl TaskContext {
    pub(in crate::executor) fn new(
        task: TaskRef,
        attempt: u32,
        worker: Option<usize>,
        sign: Option<Arc<Sign>>,
    ) -> Self {
        Self { task, attempt, worker, sign }
    }

    /// The task's id.
    pub fn id(&self) -> TaskId {
        self.task.id
    }

    /// The task's name for people.
    pub fn name(&self) -> Option<&str> {
        self.task.name.as_deref()
    }

    /// Which attempt this is; the first is 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When the task should have ended: its own deadline or, if that is earlier, the one of its
    /// graph.
    pub fn deadline(&self) -> Option<Instant> {
        self.task.deadline.into_iter().chain(self.task.batch.home.deadline).min()
    }

    /// The worker that began the attempt. Later polls may be elsewhere.
    pub fn worker(&self) -> Option<usize> {
        self.worker
    }

    /// Whether the attempt is to stop. Its future is dropped the next time it suspends, so this
    /// is for code that computes for long without suspending, and for other tasks and threads
    /// that work for this one.
    pub fn is_cancelled(&self) -> bool {
        self.task.stop_of(self.attempt).is_some()
    }

    /// Waits until the attempt is to stop, or has ended in any other way than well; for those who
    /// work for it elsewhere. It is never ready if the attempt completes.
    pub fn cancelled(&self) -> Cancelled {
        Cancelled::new(self.task.clone(), self.attempt)
    }

    /// Gives a sign of life: the attempt's idle timeout begins again. Without one this does
    /// nothing.
    ///
    /// It costs a look at the clock and a relaxed store, and moves no timer.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, TaskError};
    /// use std::time::Duration;
    ///
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let mut graph = Graph::new();
    /// let copy = |context: graph_runtime::TaskContext| async move {
    ///     for _block in 0..100 {
    ///         context.heartbeat();
    ///         graph_runtime::task::yield_now().await;
    ///     }
    ///     Ok::<_, TaskError>(())
    /// };
    /// graph.task("copy", copy).idle_timeout(Duration::from_secs(30)).add();
    /// assert!(executor.block_on(executor.run(graph))?.is_complete());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn heartbeat(&self) {
        if let Some(sign) = &self.sign {
            sign.give();
        }
    }

    /// The dependencies that the task was submitted with.
    pub fn dependencies(&self) -> &[TaskId] {
        self.task.dependencies()
    }

    /// How a dependency of this task ended; `None` if it has not, which may be if the task's
    /// [`TriggerRule`](crate::TriggerRule) is met by some of them.
    ///
    /// # Errors
    ///
    /// [`NotADependency`](ExecutorError::NotADependency) if the task does not depend on it, or
    /// has ended itself.
    pub fn outcome(
        &self,
        dependency: impl Into<TaskId>,
    ) -> Result<Option<EndState>, ExecutorError> {
        let input = self.input(dependency.into())?;
        Ok(input.ending().map(|ending| ending.outcome.state()))
    }

    fn input(&self, dependency: TaskId) -> Result<TaskRef, ExecutorError> {
        let input = self.task.input(dependency);
        input.ok_or(ExecutorError::NotADependency { id: self.task.id, dependency })
    }

    /// What a dependency of this task returned. Under the default
    /// [`TriggerRule`](crate::TriggerRule) every dependency has completed before the task starts,
    /// so the output is there.
    ///
    /// # Errors
    ///
    /// Why the dependency did not complete; [`NotEnded`](ExecutorError::NotEnded);
    /// [`NotADependency`](ExecutorError::NotADependency) if the task does not depend on it, or
    /// has ended itself; [`WrongType`](ExecutorError::WrongType) if the output is no `T`.
    pub fn output<T>(&self, dependency: impl OutputOf<T>) -> Result<Arc<T>, ExecutorError>
    where
        T: Send + Sync + 'static,
    {
        let dependency = dependency.task_id();
        let output = self.input(dependency)?.output();
        output.unwrap_or(Err(ExecutorError::NotEnded { id: self.task.id, dependency }))
    }
}

impl fmt::Debug for TaskContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskContext")
            .field("id", &self.task.id)
            .field("attempt", &self.attempt)
            .field("worker", &self.worker)
            .finish_non_exhaustive()
    }
}
