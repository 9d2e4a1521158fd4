//! How many tasks in flight give the most throughput, found out while they run.
//!
//! ```text
//!   driver: starts, ends, held back ──► Meter ──► Window ──► ConcurrencyController ──► Decision
//!           figures of the machine ────────────────┘          (pure arithmetic)         │
//!                                  limit ◄──────────────────────────────────────────────┘
//! ```
//!
//! A [`Meter`] cuts time into [`Window`]s, by completions *and* by time; a
//! [`ConcurrencyController`] looks at one after another and says what the limit should be and why.
//! Limits are on tasks in flight, not on threads: a task that waits for I/O is in flight.
//!
//! | controller | what it goes by | source |
//! |---|---|---|
//! | [`Prober`] | throughput, by trying other limits beside the best one known | see there |
//! | [`Gradient2`] | latency now against latency in the long run | Netflix `concurrency-limits` |
//! | [`Vegas`] | the queue that latency above its minimum betrays | Brakmo and Peterson, 1995 |
//! | [`Aimd`] | the machine's CPU and memory | Chiu and Jain, 1989 |
//!
//! All keep to 1 and the most that is allowed, so something may always run. Each call is O(1).

mod aimd;
mod class;
mod controller;
mod costs;
mod decision;
mod gradient2;
mod guards;
mod kinds;
mod meter;
mod patience;
mod prober;
mod search;
mod settings;
mod signals;
mod trial;
mod vegas;
mod window;

pub use aimd::Aimd;
pub use class::Class;
pub use controller::ConcurrencyController;
pub use decision::{Decision, LimitReason};
pub use gradient2::Gradient2;
pub use meter::Meter;
pub use prober::Prober;
pub use settings::ControllerSettings;
pub use signals::Signals;
pub use vegas::Vegas;
pub use window::Window;
