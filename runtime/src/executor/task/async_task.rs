//! What a task does.

use crate::executor::{TaskContext, TaskOutput};
use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// What a task fails with: any error.
pub type TaskError = Box<dyn Error + Send + Sync>;

/// One attempt of a task.
pub type TaskFuture = Pin<Box<dyn Future<Output = Result<TaskOutput, TaskError>> + Send>>;

/// Something that can be run, possibly more than once.
///
/// Most tasks are closures; see [`task_fn`] and [`Graph::task`](crate::executor::Graph::task).
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::{AsyncTask, TaskContext, TaskFuture, TaskOutput};
///
/// struct Greet(String);
///
/// impl AsyncTask for Greet {
///     fn run(&self, _context: TaskContext) -> TaskFuture {
///         let name = self.0.clone();
///         Box::pin(async move { Ok(TaskOutput::new(format!("Hello, {name}!"))) })
///     }
/// }
/// ```
pub trait AsyncTask: Send + Sync + 'static {
    /// Begins one attempt. Called on a worker; what it returns is polled by workers.
    fn run(&self, context: TaskContext) -> TaskFuture;
}

impl<T: AsyncTask + ?Sized> AsyncTask for Arc<T> {
    fn run(&self, context: TaskContext) -> TaskFuture {
        (**self).run(context)
    }
}

/// A task made of a closure. See [`task_fn`].
#[derive(Clone, Copy)]
pub struct FnTask<F>(F);

/// Makes a task of a closure that returns a future.
///
/// The closure is called once per attempt. Its future may return any error that converts into a
/// [`TaskError`].
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, task_fn};
///
/// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
/// let parse = ExecutableTask::new(task_fn(|_| async { "42".parse::<u32>() }));
/// let output = executor.block_on(async { executor.submit(parse).await?.await })?;
/// assert_eq!(*output.downcast::<u32>().unwrap(), 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn task_fn<F, Fut, T, E>(run: F) -> FnTask<F>
where
    F: Fn(TaskContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + Sync + 'static,
    E: Into<TaskError>,
{
    FnTask(run)
}

impl<F, Fut, T, E> AsyncTask for FnTask<F>
where
    F: Fn(TaskContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + Sync + 'static,
    E: Into<TaskError>,
{
    fn run(&self, context: TaskContext) -> TaskFuture {
        Box::pin(Wrapped { attempt: (self.0)(context) })
    }
}

pin_project! {
    /// Wraps what a closure's future returns. An `async` block that takes a future in and awaits it
    /// has room for it twice.
    struct Wrapped<Fut> {
        #[pin]
        attempt: Fut,
    }
}

impl<Fut, T, E> Future for Wrapped<Fut>
where
    Fut: Future<Output = Result<T, E>>,
    T: Send + Sync + 'static,
    E: Into<TaskError>,
{
    type Output = Result<TaskOutput, TaskError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.project().attempt.poll(context);
        polled.map(|result| result.map(TaskOutput::new).map_err(Into::into))
    }
}

impl<F> fmt::Debug for FnTask<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FnTask").finish_non_exhaustive()
    }
}
