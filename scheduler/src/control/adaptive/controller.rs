//! Who decides.

use super::{Decision, Window};
use primitives::Timestamp;
use std::fmt;

/// Decides how many tasks may be in flight, by what it is shown.
///
/// It asks no clock and calls nobody, so the same controller runs in production and against a
/// scripted plant on a virtual clock.
///
/// # Examples
///
/// One that always allows four:
///
/// ```
/// use graph_runtime_scheduler::adaptive::{
///     ConcurrencyController, Decision, LimitReason, Window,
/// };
/// use primitives::Timestamp;
///
/// #[derive(Debug)]
/// struct Four;
///
/// impl ConcurrencyController for Four {
///     fn limit(&self) -> usize {
///         4
///     }
///
///     fn observe(&mut self, _window: &Window, _now: Timestamp) -> Decision {
///         Decision { limit: 4, reason: LimitReason::Best }
///     }
/// }
/// ```
pub trait ConcurrencyController: fmt::Debug + Send {
    /// The limit it wants before it has seen anything, and afterwards the one it decided on last.
    fn limit(&self) -> usize;

    /// Takes note of a window that ended at `now`, the next after the one before, and decides. A
    /// limit of 0 is taken as 1, and one above the most that is allowed as that.
    fn observe(&mut self, window: &Window, now: Timestamp) -> Decision;
}
