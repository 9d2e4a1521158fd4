//! An async runtime for programs that execute graphs of tasks: agent graphs, Pregel supersteps,
//! workflows, dataflows. It takes tokio's place in them.
//!
//! # Ways in
//!
//! **Futures.** [`spawn`] them, await their [`JoinHandle`](task::JoinHandle)s, [`time::sleep`],
//! talk over [`net`], share with [`sync`]. Names and semantics are tokio's wherever the same thing
//! is done.
//!
//! ```
//! use graph_runtime::time::{Duration, sleep};
//!
//! #[graph_runtime::main]
//! async fn main() {
//!     let task = graph_runtime::spawn(async {
//!         sleep(Duration::from_millis(1)).await;
//!         6 * 7
//!     });
//!     assert_eq!(task.await.unwrap(), 42);
//! }
//! ```
//!
//! **Graphs.** Give an [`AsyncTaskExecutor`] tasks that depend on each other, with priorities,
//! deadlines, estimates and resource requirements. One place decides which may start next.
//!
//! ```
//! use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, ExecutorError, Graph};
//! use std::convert::Infallible;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut graph = Graph::new();
//! let water = graph.task("boil water", |_| async { Ok::<_, Infallible>(100) }).add();
//! let tea = graph
//!     .task("make tea", move |context| async move {
//!         Ok::<_, ExecutorError>(format!("tea at {} degrees", context.output(water)?))
//!     })
//!     .after(water)
//!     .add();
//!
//! let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
//! let report = executor.block_on(executor.run(graph))?;
//! assert_eq!(*report.output(tea)?, "tea at 100 degrees");
//! # Ok(())
//! # }
//! ```
//!
//! A graph of nothing but dependencies needs no decisions: a [`dag::Dag`] is compiled once and run
//! in place, at a few nanoseconds a node.
//!
//! # What it promises
//!
//! * Every spawned task ends exactly once: finished, cancelled or panicked; see
//!   [`RuntimeMetrics::tasks`](runtime::RuntimeMetrics::tasks).
//! * A panic of a task is its result, never the end of a worker.
//! * Dropping a [`Runtime`](runtime::Runtime) joins every thread and drops every task.
//! * An idle runtime does nothing: no thread of it wakes up by itself.

// The attributes emit `::graph_runtime::...`; this makes them work in here as well.
extern crate self as graph_runtime;

/// The README's examples, compiled and run with the others.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod blocking;
pub mod cancel;
mod combinators;
mod context;
pub mod dag;
pub mod executor;
pub mod fs;
pub mod io;
pub mod net;
pub mod process;
mod raw_fd;
pub mod runtime;
pub mod seam;
pub mod signal;
pub mod sync;
pub mod task;
pub mod time;
mod worker;

#[doc(hidden)]
pub use combinators::support as macro_support;
pub use executor::{
    AsyncTask, AsyncTaskExecutor, Concurrency, Controller, Drained, ExecutableTask, ExecutorConfig,
    ExecutorError, ExecutorEvent, Explanation, Generation, Graph, GraphHandle, GraphPart,
    GraphReport, Item, LimitChange, Node, RemainingTask, RootCause, SubmitError, TaskContext,
    TaskError, TaskFuture, TaskHandle, TaskOutput, TaskReport, task_fn,
};
pub use macros::{main, test};
pub use monitor::{
    ExecutionMetrics, Export, HistogramSnapshot, MetricsSnapshot, ResourceMonitor,
    ResourceMonitorConfig, RuntimeSnapshot, Sample,
};
pub use primitives::Timestamp;
pub use runtime::dump;
pub use scheduler::adaptive;
pub use scheduler::sim;
pub use scheduler::steal::{QueueStats, WorkStealingQueue};
pub use scheduler::{
    Cost, Counts, Dependents, EndState, FailurePolicy, Forecast, GraphId, GroupLimit, History,
    Jitter, KindHistory, LimitKind, LookAhead, Overdue, Policy, RateLimit, Reason, Resilience,
    ResourceRequirements, RetryPolicy, SchedulerConfig, SchedulerError, SizeTrend, TaskId,
    TaskScheduler, TaskState, TimeLimit, TriggerRule,
};
pub use task::spawn;
pub use worker::TaskTally;
