//! What a task waits for, with names.

use super::error::Label;
use scheduler::{Reason, TaskId};
use std::fmt;
use std::sync::Arc;

/// Why a task is not running, for people: it prints as a line.
///
/// # Examples
///
/// ```
/// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, TaskError};
///
/// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
/// let mut graph = Graph::new();
/// let stuck = graph.task("load", |_| std::future::pending::<Result<(), TaskError>>()).add();
/// let after = graph.task("sort", |_| async { Ok::<_, TaskError>(()) }).after(stuck).add();
///
/// let handle = executor.try_submit_graph(graph)?;
/// let why = executor.why(after.id()).expect("it waits");
/// assert!(why.to_string().ends_with("(load)"), "{why}");
/// assert_eq!(handle.waiting().count(), 1);
/// # Ok::<(), graph_runtime::ExecutorError>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Explanation {
    /// The task.
    pub id: TaskId,
    /// Its name for people.
    pub name: Option<Arc<str>>,
    /// What it waits for.
    pub reason: Reason,
    /// The name of the task that the reason names.
    pub other: Option<Arc<str>>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason.with_name(self.other.as_deref());
        write!(f, "task {} {reason}", Label(&self.id, &self.name))
    }
}
