//! A graph on N slots under a virtual clock.
//!
//! [`simulate`] drives the very [`TaskScheduler`](crate::TaskScheduler) that runs in production;
//! only time is made up. It predicts what a policy makes of a graph when tasks take exactly as
//! long as they say and scheduling costs nothing. [`simulate_jobs`] takes several graphs, with
//! arrivals, deadlines, memory and estimates that may be wrong, or are learnt from a history and as
//! tasks end.

#![forbid(unsafe_code)]

mod bound;
mod clock;
mod graph;
mod job;
mod learning;
mod memory_bound;
mod schedule;

pub use bound::lower_bound;
pub use clock::{simulate, simulate_jobs};
pub use graph::{SimGraph, SimTask};
pub use job::SimJob;
pub use memory_bound::memory_lower_bound;
pub use schedule::{Schedule, Span};
