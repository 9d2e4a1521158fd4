//! An async runtime for programs that execute graphs of tasks.
extern crate self as graph_runtime;

mod blocking;
mod context;
pub mod executor;
pub mod net;
pub mod runtime;
pub mod seam;
pub mod task;
pub mod time;
mod worker;

pub use executor::{
    AsyncTask, AsyncTaskExecutor, ExecutableTask, ExecutorConfig, ExecutorError, Graph,
    GraphHandle, GraphReport, Node, SubmitError, TaskContext, TaskError, TaskFuture, TaskHandle,
    TaskOutput, TaskReport, task_fn,
};
pub use macros::{main, test};
pub use monitor::{ExecutionMetrics, MetricsSnapshot, ResourceMonitor, ResourceMonitorConfig};
pub use primitives::Timestamp;
pub use scheduler::sim;
pub use scheduler::steal::{QueueStats, WorkStealingQueue};
pub use scheduler::{
    Counts, EndState, FailurePolicy, GraphId, Policy, ResourceRequirements, SchedulerConfig,
    SchedulerError, TaskId, TaskScheduler, TaskState,
};
pub use task::spawn;
pub use worker::TaskTally;
