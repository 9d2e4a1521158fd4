//! Where a task runs: the lock-free parts of work stealing, and who has to be woken.
//!
//! Nothing in here runs a task, starts a thread or sleeps. A worker owns a [`WorkStealingQueue`]
//! and a [`LifoSlot`]; the [`Injector`] takes what comes from outside; [`Idle`] says which
//! sleeping worker a producer has to wake. What is stored is opaque: any [`Word`], that is,
//! anything that fits into one machine word. An [`OrderedQueue`] beside them holds what is not
//! ordinary.
//!
//! ```text
//!              spawn from outside                wake from the running task
//!                      │                                    │
//!                      ▼                                    ▼
//!   ┌────────────┐  overflow  ┌─────────────────┐  displaced  ┌──────────┐
//!   │  Injector  │◄───────────│WorkStealingQueue│◄────────────│ LifoSlot │
//!   └─────┬──────┘            └──┬───────────┬──┘             └────┬─────┘
//!         │ any worker           │ owner     │ thieves             │ owner first, a thief
//!         ▼                      ▼           ▼                     ▼ when the owner is stuck
//! ```

#![allow(unsafe_code)] // Fenced: words in atomic slots are owned by whoever takes them out.

mod idle;
mod injector;
mod lifo_slot;
mod ordered;
mod progress;
mod queue;
mod rest;
mod seat;
mod stats;
mod word;

pub use idle::{Idle, IdleSnapshot};
pub use injector::{Injector, Pushed};
pub use lifo_slot::LifoSlot;
pub use ordered::{Holding, OrderedQueue, Urgency};
pub use progress::Progress;
pub use queue::{QUEUE_CAPACITY, Steal, Stealer, WorkStealingQueue};
pub use rest::Rest;
pub use seat::{Glimpse, Seat, TakeBack, Tenure};
pub use stats::QueueStats;
pub use word::Word;
