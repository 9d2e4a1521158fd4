//! Workers: who polls tasks, in which order, and what they do when there are none.
//!
//! ```text
//!   Shared (one per runtime, everybody's)            Local (one per worker, its thread's alone)
//!   ┌───────────────────────────────────────┐        ┌─────────────────────────────────┐
//!   │ injector, idle register, watch        │        │ queue (owner's end), slab, rng  │
//!   │ Remote × workers:                     │◄───────│ statistics                      │
//!   │   stealer, LIFO slot, reactor,        │        └─────────────────────────────────┘
//!   │   progress, seat, counters            │
//!   │ Spares: who stands in for them        │
//!   └───────────────────────────────────────┘
//! ```
//!
//! What others may need from a worker that is stuck in a poll is in its [`Remote`]: its queue and
//! its LIFO slot can be stolen from, its reactor served, its progress counter read, and its seat
//! taken. [`watch`] finds it out and calls for help, and [`stand_in`] is the help. [`surplus`] is
//! what becomes of those that are too many.

mod executors;
mod gauges;
mod glances;
mod handover;
mod hooks;
mod injected;
mod known;
mod life;
mod limit;
mod local;
mod ordered;
mod outside;
mod pinned;
mod pulse;
mod push;
mod remote;
mod report;
mod roots;
mod sampling;
mod schedule;
mod search;
mod shared;
mod skip;
mod spares;
mod stalls;
mod stand_in;
mod surplus;
mod tally;
mod thread_clock;
mod turn;
mod watch;

pub(crate) use executors::{Executor, NotBegun, Submitted};
use gauges::Gauges;
pub(crate) use handover::{Bench, has_lost_worker, step_aside};
pub(crate) use hooks::Hooks;
pub(crate) use injected::Injected;
use known::Known;
pub(crate) use life::work;
use limit::Limit;
pub(crate) use local::Local;
use outside::Outside;
use pinned::{Inbox, PinnedQueue};
use pulse::Pulse;
pub(crate) use remote::Remote;
pub(crate) use roots::{RootFuture, RootReport, Roots};
pub(crate) use shared::{Shared, SharedConfig};
use spares::Spares;
pub(crate) use stand_in::Offer;
pub(crate) use tally::Tally;
pub use tally::TaskTally;
pub(crate) use watch::Watch;
