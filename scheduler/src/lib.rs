//! Which task runs next, and where.
//!
//! The scheduler of `graph_runtime` is policy and data structures only. It is generic in its
//! payload, takes the time as an argument, and *returns* what happened instead of calling anybody.

mod control;
mod graph;
pub mod sim;
pub mod steal;

mod error;

pub use error::{Refused, SchedulerError};
pub use graph::{
    Cancelled, Counts, Dispatch, EndState, Event, FailurePolicy, GraphId, Policy,
    ResourceRequirements, SchedulerConfig, TaskId, TaskScheduler, TaskSpec, TaskState, Ticket,
};
