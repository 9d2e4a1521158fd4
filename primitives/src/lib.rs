//! The floor of the house: what every other layer of `graph_runtime` stands on.
//!
//! * [`shim`] is the only place in the product that knows about `cfg(loom)`. Concurrent code
//!   imports its atomics, cells, locks and threads from there, so that the very code that ships is
//!   the code that the model checker explores.
//! * The rest are small parts, each with one job and a proof of its own: the parking
//!   [`Permit`](permit::Permit), the [`BiasedLock`](biased_lock::BiasedLock), the
//!   [`Parker`](parker::Parker) built on the permit, the
//!   [`JoinCounters`](join_counters::JoinCounters) of a graph, the seeded [`Rng`](rng::Rng), the
//!   [`Timestamp`] that policy code takes as an argument in place of a clock, the
//!   [`WaitQueue`](wait_queue::WaitQueue) under everything that waits for its turn,
//!   [`prefetch`](prefetch::prefetch) for memory that will be needed, and the [`Bomb`](bomb::Bomb)
//!   that turns an unwinding scheduler into an abort.
//!
//! Nothing in here knows about tasks, queues or I/O.

mod asymmetric;
pub mod biased_lock;
pub mod bomb;
pub mod join_counters;
mod park_on;
pub mod parker;
pub mod permit;
pub mod prefetch;
pub mod rng;
pub mod shim;
mod timestamp;
pub mod wait_queue;

pub use park_on::park_on;
pub use timestamp::Timestamp;
