//! What a running attempt knows about itself.

use super::batch::TaskRef;
use super::cancellation::Cancelled;
use super::{ExecutorError, OutputOf};
use scheduler::TaskId;
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
    pub(super) task: TaskRef,
    attempt: u32,
    worker: Option<usize>,
}

impl TaskContext {
    pub(super) fn new(task: TaskRef, attempt: u32, worker: Option<usize>) -> Self {
        Self { task, attempt, worker }
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
        self.task.is_cancelled()
    }

    /// Waits until the attempt is to stop; for those who work for it elsewhere.
    pub fn cancelled(&self) -> Cancelled {
        Cancelled::new(self.task.clone())
    }

    /// What a dependency of this task returned. Every dependency has completed before the task
    /// starts, so the output is there.
    ///
    /// # Errors
    ///
    /// [`NotADependency`](ExecutorError::NotADependency) if the task does not depend on it, or
    /// has ended itself; [`WrongType`](ExecutorError::WrongType) if the output is no `T`.
    pub fn output<T>(&self, dependency: impl OutputOf<T>) -> Result<Arc<T>, ExecutorError>
    where
        T: Send + Sync + 'static,
    {
        let dependency = dependency.task_id();
        let input = self.task.input(dependency);
        input
            .and_then(|input| input.output())
            .unwrap_or_else(|| Err(ExecutorError::NotADependency { id: self.task.id, dependency }))
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
