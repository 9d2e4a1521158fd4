//! Whether an attempt that went wrong is worth another.

use crate::executor::ExecutorError;
use crate::executor::books::batch::TaskRef;
use crate::executor::discard::Payload;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Says of an error that a task returned whether the task is to be tried again. See
/// [`ExecutableTask::retry_if`](crate::executor::ExecutableTask::retry_if).
pub type RetryPredicate = Arc<dyn Fn(&(dyn Error + Send + Sync + 'static)) -> bool + Send + Sync>;

impl TaskRef {
    /// Whether the task is to be tried again after `error`, as far as that does not depend on what
    /// the scheduler knows. Runs user code.
    ///
    /// # Errors
    ///
    /// What the user's predicate panicked with.
    pub(in crate::executor) fn wants_retry(&self, error: &ExecutorError) -> Result<bool, Payload> {
        let Some((policy, predicate)) = self.retry() else { return Ok(false) };
        match (error, predicate) {
            (ExecutorError::Failed { source, .. }, Some(predicate)) => {
                catch_unwind(AssertUnwindSafe(|| predicate(&**source)))
            }
            (ExecutorError::Panicked { .. }, _) => Ok(policy.after_panic),
            _ => Ok(true),
        }
    }
}
