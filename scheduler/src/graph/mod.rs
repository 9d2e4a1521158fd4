//! Order: which task may start, which one starts first, and what follows from an end.
//!
//! [`TaskScheduler`] is the only entrance. A task comes in by `submission`, is a `Record` while it
//! lives, and goes out by `ending`. Behind that each folder answers one question, and each file in
//! it holds one noun:
//!
//! | folder | question |
//! |---|---|
//! | `shape` | who waits for whom, and how far a graph is |
//! | `order` | who goes first |
//! | `admission` | who may start now; the arithmetic of what there is is in `control` |
//! | `failure` | what follows when something goes wrong or takes too long |
//! | `change` | what changes about graphs that run |

#![forbid(unsafe_code)]

mod admission;
mod agenda;
mod cargo;
mod change;
mod config;
mod ending;
mod event;
mod failure;
mod handle;
mod order;
mod reason;
mod record;
mod scheduler;
mod shape;
mod slab;
mod spec;
mod state;
mod submission;
mod task_id;
#[cfg(test)]
mod tests;
mod why;

pub use admission::ResourceRequirements;
pub use change::{Dependents, Remaining};
pub use config::{FailurePolicy, SchedulerConfig};
pub use event::{Cancelled, Dispatch, Event};
pub use failure::{Jitter, LimitKind, Overdue, Resilience, RetryPolicy, TimeLimit, TriggerRule};
pub use handle::{GraphId, Ticket};
pub(crate) use order::{Load, Room, upward_ranks};
pub use order::{LookAhead, Policy};
pub use reason::Reason;
pub(crate) use record::nanos;
pub use scheduler::TaskScheduler;
pub use shape::GraphPlan;
pub(crate) use shape::{Adjacency, Topology};
pub use spec::{TaskSpec, TaskTerms};
pub use state::{Counts, EndState, TaskState};
pub use task_id::TaskId;
