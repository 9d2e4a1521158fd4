//! Workers: who polls tasks, in which order, and what they do when there are none.
//!
//! ```text
//!   Shared (one per runtime, everybody's)            Local (one per worker, its thread's alone)
//!   ┌───────────────────────────────────────┐        ┌─────────────────────────────────┐
//!   │ injector, idle register, watch        │        │ queue (owner's end), slab, rng  │
//!   │ Remote × workers:                     │◄───────│ statistics                      │
//!   │   stealer, LIFO slot, reactor,        │        └─────────────────────────────────┘
//!   │   progress, counters                  │
//!   └───────────────────────────────────────┘
//! ```
//!
//! What others may need from a worker that is stuck in a poll is in its [`Remote`]: its queue and
//! its LIFO slot can be stolen from, its reactor served, and its progress counter read.

mod gauges;
mod glances;
mod handover;
mod hooks;
mod injected;
mod life;
mod local;
mod ordered;
mod outside;
mod pinned;
mod remote;
mod report;
mod roots;
mod schedule;
mod search;
mod shared;
mod skip;
mod tally;
mod turn;
mod watch;

use gauges::Gauges;
pub(crate) use handover::{Bench, step_aside};
pub(crate) use hooks::Hooks;
pub(crate) use injected::Injected;
pub(crate) use life::work;
pub(crate) use local::Local;
use outside::Outside;
use pinned::{Inbox, PinnedQueue};
pub(crate) use remote::Remote;
pub(crate) use roots::{RootFuture, Roots};
pub(crate) use shared::{Shared, SharedConfig};
pub(crate) use tally::Tally;
pub use tally::TaskTally;
pub(crate) use watch::Watch;
