//! Order: which task may start, which one starts first, and what follows from an end.
//!
//! [`TaskScheduler`] is the only entrance. Behind it each file holds one noun: the
//! `DependencyGraph` knows who waits for whom, the `ReadyQueue` who goes first under a
//! [`Policy`], a `Job` how far a graph is, the `Directory` which ids are known; admission is in
//! `control`.

#![forbid(unsafe_code)]

mod ageing;
mod agenda;
mod cargo;
mod config;
mod connect;
mod decision;
mod dependency_graph;
mod directory;
mod drain;
mod due;
mod edges;
mod ending;
mod event;
mod gate;
mod growth;
mod handle;
mod heap;
mod held_up;
mod holds;
mod impatience;
mod job;
mod lanes;
mod limits;
mod look_ahead;
mod overdue;
mod plan;
mod policy;
mod raise;
mod ranks;
mod ready_queue;
mod reason;
mod record;
mod rehearsal;
mod removal;
mod reservation;
mod resilience;
mod resources;
mod retry;
mod retry_policy;
mod ring;
mod roster;
mod scheduler;
mod shifts;
mod slab;
mod spec;
mod spills;
mod stage;
mod state;
mod stirring;
mod submission;
mod survey;
mod task_id;
#[cfg(test)]
mod tests;
mod throttle;
mod time_limit;
mod topology;
mod trigger;
mod turnstile;
mod urgency;
mod wakes;
mod why;

pub use config::{FailurePolicy, SchedulerConfig};
pub use drain::Remaining;
pub use event::{Cancelled, Dispatch, Event};
pub use handle::{GraphId, Ticket};
pub use look_ahead::LookAhead;
pub use overdue::Overdue;
pub use plan::GraphPlan;
pub use policy::Policy;
pub use reason::Reason;
pub use removal::Dependents;
pub use resilience::Resilience;
pub use resources::ResourceRequirements;
pub use retry_policy::{Jitter, RetryPolicy};
pub use scheduler::TaskScheduler;
pub use spec::{TaskSpec, TaskTerms};
pub use state::{Counts, EndState, TaskState};
pub use task_id::TaskId;
pub use time_limit::{LimitKind, TimeLimit};
pub use trigger::TriggerRule;

pub(crate) use ranks::upward_ranks;
pub(crate) use record::nanos;
pub(crate) use topology::{Adjacency, Topology};
