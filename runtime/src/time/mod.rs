//! Waiting for a moment: [`sleep()`], [`timeout()`], [`interval()`]; and stopping the clock in
//! tests: [`pause()`], [`advance`].
//!
//! A timer belongs to the worker that first polled it, in that worker's own timer wheel; any
//! worker may poll the task. Deadlines are exact to the resolution of the machine's clock: a timer
//! never fires early, and fires late by what the operating system needs to wake a thread, tens of
//! microseconds on an idle machine, and by however long the worker's current poll takes.

mod entry;
pub mod error;
mod instant;
mod interval;
mod missed_tick_behavior;
mod pause;
mod sleep;
mod timeout;

pub use error::Elapsed;
pub use instant::Instant;
pub use interval::{Interval, interval, interval_at};
pub use missed_tick_behavior::MissedTickBehavior;
pub use pause::{advance, pause, resume};
pub use sleep::{Sleep, sleep, sleep_until};
pub use std::time::Duration;
pub use timeout::{Timeout, timeout, timeout_at};
