//! Where an error comes from.

use super::ExecutorError;
use scheduler::TaskId;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The error with which it began that a task was skipped. It derefs to that error, which is never
/// [`Skipped`](ExecutorError::Skipped) itself, and [`Error::source`](std::error::Error::source) of
/// the skipped task's error is that very error, however many tasks lie between the two.
#[derive(Clone)]
pub struct RootCause(Arc<ExecutorError>);

impl RootCause {
    pub(super) fn new(error: Arc<ExecutorError>) -> Self {
        Self(error)
    }
}

impl Deref for RootCause {
    type Target = ExecutorError;

    fn deref(&self) -> &ExecutorError {
        &self.0
    }
}

impl fmt::Debug for RootCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl ExecutorError {
    /// The error in which this one has its cause: for a skipped task that of the task where it
    /// began, otherwise this one. From there [`source`](std::error::Error::source) leads on to what
    /// the task returned.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, TaskError};
    ///
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let mut graph = Graph::new();
    /// let first = graph.task("first", |_| async { Err::<(), TaskError>("no disk".into()) }).add();
    /// let second = graph.task("second", |_| async { Ok::<_, TaskError>(()) }).after(first).add();
    /// let third = graph.task("third", |_| async { Ok::<_, TaskError>(()) }).after(second).add();
    ///
    /// let report = executor.block_on(executor.run(graph))?;
    /// let error = report.output(third).unwrap_err();
    /// assert!(error.is_skipped());
    /// assert_eq!(error.root_cause().task(), Some(first.id()));
    /// assert!(error.to_string().ends_with("(first) failed in attempt 1: no disk"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn root_cause(&self) -> &ExecutorError {
        match self {
            Self::Skipped { source: Some(root), .. } => root,
            _ => self,
        }
    }

    /// The task whose error it is, if it is that of a task.
    pub fn task(&self) -> Option<TaskId> {
        match self {
            Self::Failed { id, .. }
            | Self::Panicked { id, .. }
            | Self::Cancelled { id, .. }
            | Self::TimedOut { id, .. }
            | Self::Skipped { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// Which attempt went wrong, and so how many there have been; the first is 1, and 0 is none.
    /// `None` if that is not the question.
    pub fn attempt(&self) -> Option<u32> {
        match self {
            Self::Failed { attempt, .. }
            | Self::Panicked { attempt, .. }
            | Self::TimedOut { attempt, .. } => Some(*attempt),
            _ => None,
        }
    }
}

/// Why a task was skipped, as people want to know it.
pub(super) struct Because<'a>(pub(super) &'a TaskId, pub(super) &'a Option<RootCause>);

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(root) if root.task() == Some(*self.0) => write!(f, "{}", **root),
            Some(root) => write!(f, "task {} did not complete: {}", self.0, **root),
            None => write!(f, "task {} completed", self.0),
        }
    }
}

/// In which attempt something happened.
pub(super) struct During(pub(super) u32);

impl fmt::Display for During {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("before its first attempt"),
            attempt => write!(f, "in attempt {attempt}"),
        }
    }
}
