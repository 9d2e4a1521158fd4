//! A submitted task, seen by whoever submitted it.

use crate::executor::books::batch::Batch;
use crate::executor::books::record::Record;
use crate::executor::inner::Inner;
use crate::executor::{ExecutorError, TaskOutput};
use scheduler::{TaskId, TaskState};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Owns the right to a task's result. Awaiting it gives the output, or says why there is none.
///
/// Dropping it detaches the task: it runs on, and is forgotten when it ends. While the handle
/// lives and has not given the result, the task can be named as a dependency, also after its end.
///
/// It may be awaited on any thread and in any runtime. A task that awaits its own handle waits for
/// itself, until somebody [cancels](crate::AsyncTaskExecutor::cancel) it; one that returns its own
/// handle is remembered for good.
///
/// # Panics
///
/// Polling it again after it gave the result panics.
///
/// # Examples
///
/// ```
/// use graph_runtime::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, TaskError, task_fn};
///
/// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
/// let never = task_fn(|_| std::future::pending::<Result<(), TaskError>>());
/// let handle = executor.try_submit(ExecutableTask::new(never).named("never"))?;
/// assert!(!handle.is_finished());
/// assert!(handle.cancel());
/// assert!(executor.block_on(handle).unwrap_err().is_cancelled());
/// # Ok::<(), graph_runtime::ExecutorError>(())
/// ```
#[must_use = "a dropped TaskHandle detaches its task; bind it to `_` if that is meant"]
pub struct TaskHandle {
    pub(in crate::executor) inner: Arc<Inner>,
    batch: Arc<Batch>,
    is_consumed: bool,
}

impl TaskHandle {
    pub(in crate::executor) fn new(inner: Arc<Inner>, batch: Arc<Batch>) -> Self {
        Self { inner, batch, is_consumed: false }
    }

    /// The task's id.
    pub fn id(&self) -> TaskId {
        self.record().id
    }

    /// Cancels the task. False if it has ended already.
    pub fn cancel(&self) -> bool {
        // After that, another task may have the id.
        !self.is_finished() && self.inner.step(|core, step| core.cancel(self.id(), step))
    }

    /// Where the task is in its life.
    pub fn state(&self) -> TaskState {
        if let Some(ending) = self.record().ending() {
            return TaskState::Ended(ending.outcome.state());
        }
        // The task may end, and be booked, between the two looks.
        let state = self.inner.core.lock().state(self.id());
        state.expect("a task with a handle is known until it has ended and the handle is used up")
    }

    /// Whether the task has ended, so that awaiting it will not wait.
    pub fn is_finished(&self) -> bool {
        self.batch.release.has_ended()
    }

    /// What went wrong in up to eight of the latest attempts before the last one, in their order,
    /// if the task is [tried again](crate::executor::ExecutableTask::retry). The last one's is its
    /// result.
    pub fn earlier_errors(&self) -> Vec<ExecutorError> {
        self.record().earlier_errors()
    }

    fn record(&self) -> &Record {
        &self.batch.records()[0]
    }

    fn let_go(&self) {
        if self.batch.release.let_go() {
            self.inner.core.lock().forget(&self.batch);
        }
    }
}

impl Future for TaskHandle {
    type Output = Result<TaskOutput, ExecutorError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        assert!(!self.is_consumed, "TaskHandle polled after it gave the result");
        let release = &self.batch.release;
        if self.batch.joiner.poll(context, || release.has_ended()).is_pending() {
            return Poll::Pending;
        }
        let result =
            self.record().result().expect("a record knows its end before its release does");
        self.is_consumed = true;
        self.let_go();
        Poll::Ready(result)
    }
}

impl Drop for TaskHandle {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl fmt::Debug for TaskHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskHandle").field("id", &self.id()).finish_non_exhaustive()
    }
}
