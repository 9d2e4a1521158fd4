//! How many run at once, and what is learnt about how long they take.

mod busy;
mod concurrency;
pub(super) mod control;
mod controller;
pub(super) mod learner;
mod notes;
pub(super) mod steering;
mod throttle;

pub use concurrency::{Concurrency, LimitChange};
pub use controller::{Controller, MakeController};
