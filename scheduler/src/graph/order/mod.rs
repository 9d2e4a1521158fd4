//! Who goes first: urgencies, and the queue that sorts by them.
//!
//! A [`Policy`] makes a key of what is known of a task; the `ReadyQueue` keeps exact order by keys;
//! `urgency`, `stage` and `shifts` say what time does to them, `raise` and `ranks` what the shape
//! of the graph does. [`LookAhead`] rehearses a graph before it starts.

pub(super) mod ageing;
pub(super) mod due;
mod front;
mod heap;
mod look_ahead;
mod memory_bound;
pub(super) mod policy;
pub(super) mod raise;
pub(super) mod ranks;
pub(super) mod ready_queue;
mod regrown;
mod rehearsal;
mod rest;
mod runs;
pub(super) mod shifts;
mod spills;
pub(super) mod stage;
mod urgency;

pub use look_ahead::LookAhead;
pub(crate) use memory_bound::{Load, Room};
pub use policy::Policy;
pub(crate) use ranks::upward_ranks;
