//! I/O readiness and timers for one worker of `graph_runtime`.
//!
//! A worker with nothing to do sleeps in its [`Reactor`]: in one system call that ends when a
//! socket becomes ready, a timer is due or somebody calls [`Reactor::unpark`]. Nothing else ends
//! it; there is no periodic tick and no safety timeout.
//!
//! ```text
//!            any thread                                  the owner, or a helper if it is stuck
//!   register / insert_timer / unpark                          park / try_turn
//!        │            │         │                                   │
//!        ▼            ▼         ▼                                   ▼
//!   ┌─────────┐  ┌─────────┐ ┌────────┐   wake   ┌──────────────────────────────────────┐
//!   │ sources │  │ timers  │ │ permit │ ───────► │ driver: waits, reports readiness     │
//!   │ (slab)  │  │ (wheel) │ └────────┘          └──────────────────────────────────────┘
//!   └─────────┘  └─────────┘                                        │ tokens
//!        ▲            ▲                                             ▼
//!        └────────────┴────────────────── 1 collect wakers, 2 unlock, 3 wake each, guarded
//! ```
//!
//! * [`Driver`] and [`Registrar`] are the seam to the operating system. [`MioDriver`] is the real
//!   one; a test or a simulator puts one without file descriptors in its place, and time is an
//!   argument everywhere, so the whole reactor then runs on a virtual clock.
//! * [`IoSource`] is one registered socket: its readiness and the tasks that wait for it.
//! * The timer wheel keeps exact deadlines: a timer never fires early, and a turn that runs at or
//!   after its deadline fires it.
//!
//! What is deliberately absent: threads, tasks, a clock, and any map on the way from an event to
//! the task it wakes (a token is an index into the reactor's own slab).

mod driver;
mod error;
mod io_source;
mod mio_driver;
mod reactor;
mod ready;
mod sources;
mod timerfd;
mod timers;
mod turn;
mod turning;
mod waiters;
mod wake;
mod wheel;

pub use driver::{Driver, Readiness, Registrar, WaitLimit};
pub use error::ReactorError;
pub use io_source::{Direction, IoSource, ReadyEvent};
pub use mio_driver::MioDriver;
pub use reactor::Reactor;
pub use ready::Ready;
pub use sources::MAX_SOURCES;
pub use turn::Turn;
pub use waiters::WaiterKey;
pub use wheel::TimerKey;
