//! A refused submission.

use super::ExecutorError;
use std::error::Error;
use std::fmt;

/// Why something was not accepted, and the thing itself, untouched: nothing is lost.
///
/// # Examples
///
/// ```
/// # use graph_runtime::executor::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, task_fn};
/// # use graph_runtime::TaskId;
/// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
/// let task = ExecutableTask::new(task_fn(|_| async { Ok::<_, std::io::Error>(()) }));
/// let refused = executor.try_submit(task.named("orphan").after(TaskId::new(404))).unwrap_err();
/// assert!(refused.error.is_rejected());
/// assert_eq!(refused.task.name.as_deref(), Some("orphan"));
/// # Ok::<(), graph_runtime::executor::ExecutorError>(())
/// ```
pub struct SubmitError<T> {
    /// Why.
    pub error: ExecutorError,
    /// What was to be submitted. Boxed, so that the happy path does not carry its size around.
    pub task: Box<T>,
}

impl<T> SubmitError<T> {
    pub(super) fn new(error: ExecutorError, task: T) -> Self {
        Self { error, task: Box::new(task) }
    }
}

impl<T> From<SubmitError<T>> for ExecutorError {
    /// Drops the submission.
    fn from(refused: SubmitError<T>) -> Self {
        refused.error
    }
}

impl<T> fmt::Debug for SubmitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubmitError").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for SubmitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl<T> Error for SubmitError<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
