//! A task, from what it does to what it returns.

pub(super) mod async_task;
mod context;
mod executable;
mod output;
mod task_handle;

pub use async_task::{AsyncTask, FnTask, TaskError, TaskFuture, task_fn};
pub use context::TaskContext;
pub use executable::ExecutableTask;
pub use output::TaskOutput;
pub use task_handle::TaskHandle;
