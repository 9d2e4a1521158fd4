//! Running what the scheduler has started: runners, and one attempt after the other.

mod attempt;
pub(super) mod cancellation;
pub(super) mod crew;
mod retry;
pub(super) mod roster;
pub(super) mod runner;
pub(super) mod sign;
pub(super) mod start;
pub(super) mod trampoline;
pub(super) mod tries;
pub(super) mod watch;

pub use cancellation::Cancelled;
pub use retry::RetryPredicate;
