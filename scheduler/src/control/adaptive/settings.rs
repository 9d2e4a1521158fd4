//! What controllers are told before they begin.

/// The bounds and aims of a controller.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::{ConcurrencyController, ControllerSettings, Prober};
///
/// let settings = ControllerSettings { max: 64, start: 8, ..ControllerSettings::default() };
/// assert_eq!(Prober::new(settings).limit(), 8);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControllerSettings {
    /// The most tasks that may be in flight; 0 is taken as 1.
    pub max: usize,
    /// Where a search begins, when nothing is known; taken as 1 or `max` if it is outside.
    pub start: usize,
    /// The share of the workers' time (of the machine's CPU time, if that is unknown) above which
    /// more tasks in flight are of no use, 0 to 1.
    pub cpu_target: f64,
}

impl Default for ControllerSettings {
    fn default() -> Self {
        Self { max: 1024, start: 8, cpu_target: 0.9 }
    }
}

impl ControllerSettings {
    /// `limit`, within the bounds.
    pub(super) fn clamp(&self, limit: usize) -> usize {
        limit.clamp(1, self.max.max(1))
    }

    /// Where to begin.
    pub(super) fn start(&self) -> usize {
        self.clamp(self.start)
    }
}
