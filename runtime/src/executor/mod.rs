//! Running graphs of tasks: order by the scheduler, placement by the workers.
//!
//! An [`AsyncTaskExecutor`] drives `scheduler::TaskScheduler`, which knows dependencies,
//! priorities, deadlines, estimates, limits and budgets, with real tasks of a runtime, which know
//! how to run. Tasks come [one at a time](AsyncTaskExecutor::submit), naming the ids of their
//! dependencies, or as a whole [`Graph`].
//!
//! # How a task travels
//!
//! ```text
//!   submit ──► room? ──► TaskScheduler ──► ready ──► dispatch ──► Attempt: one runtime task
//!               │ no      (waits for its             (limit,        │ run(), poll, timeout,
//!               ▼          dependencies)              budgets)      │ panics caught
//!          FIFO of waiting                               ▲          ▼
//!          submitters ◄── room again ── Core::settle ◄───┴──── finish, exactly once, after the
//!                                           │                  user's future was dropped
//!                                           ▼
//!                            handles, dependents, graphs, `idle`
//! ```
//!
//! # One lock, and nothing of the user's under it
//!
//! `Core` is the scheduler and the books behind one mutex. Every entrance takes it once, steps the
//! scheduler, and collects what follows in an `Aftermath`: attempts to start and to stop, handles
//! to resolve, submitters to wake, values to drop. All of that runs after the lock is free, because
//! futures, outputs, errors and wakers are user code that may come back here, or panic.
//!
//! # What is kept, and for how long
//!
//! A task's `Record` holds its end and its output. The books keep it until the task has ended and
//! its handle is gone or has given the result; a graph's records go with the [`GraphHandle`]. A
//! dependent holds on to the records of its dependencies until it has ended, so an output lives as
//! long as anybody may ask for it and no longer.

mod aftermath;
mod async_task;
mod attempt;
mod batch;
mod cancellation;
mod config;
mod context;
mod control;
mod core;
mod discard;
mod error;
mod executable;
mod executor_type;
mod graph;
mod graph_handle;
mod graph_report;
mod id_map;
mod idle;
mod inner;
mod joiner;
mod node;
mod output;
mod record;
mod release;
mod room;
mod runner;
mod submission;
mod submit_error;
mod task_handle;
mod trampoline;
mod waker_set;

pub use async_task::{AsyncTask, FnTask, TaskError, TaskFuture, task_fn};
pub use cancellation::Cancelled;
pub use config::ExecutorConfig;
pub use context::TaskContext;
pub use error::{ExecutorError, Failure};
pub use executable::ExecutableTask;
pub use executor_type::AsyncTaskExecutor;
pub use graph::{Graph, GraphTask};
pub use graph_handle::GraphHandle;
pub use graph_report::{GraphReport, TaskReport};
pub use node::{Node, OutputOf};
pub use output::TaskOutput;
pub use submit_error::SubmitError;
pub use task_handle::TaskHandle;
