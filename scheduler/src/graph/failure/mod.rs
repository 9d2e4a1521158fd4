//! What happens when something goes wrong, or takes too long: trigger rules, retries, limits on
//! time.

pub(super) mod decision;
pub(super) mod limits;
mod overdue;
pub(super) mod resilience;
mod retry;
mod retry_policy;
mod time_limit;
mod trigger;

pub use overdue::Overdue;
pub use resilience::Resilience;
pub use retry_policy::{Jitter, RetryPolicy};
pub use time_limit::{LimitKind, TimeLimit};
pub use trigger::TriggerRule;
