//! What guards a controller, beside throughput.

/// The machine's and the workers' latest figures. `None` is unknown, which speaks for nothing and
/// against nothing.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::Signals;
///
/// let short = Signals { memory: Some(1.02), ..Signals::default() };
/// assert!(short.is_memory_over());
/// assert!(!Signals::default().is_memory_over());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Signals {
    /// The share of the CPU time that this process may use which was not idle, 0 to 1.
    pub cpu: Option<f64>,
    /// The share of their time that the workers were awake, 0 to 1.
    pub busy: Option<f64>,
    /// Memory in use as a share of its threshold: from 1 on there is too much. 0 without a
    /// threshold.
    pub memory: Option<f64>,
    /// The share of the time in which the process stood still for want of CPU quota, 0 to 1.
    pub throttled: Option<f64>,
    /// Whether these figures are newer than those of the window before.
    pub is_fresh: bool,
}

impl Signals {
    /// Whether memory in use has reached its threshold.
    pub fn is_memory_over(&self) -> bool {
        self.memory.is_some_and(|share| share >= 1.0)
    }

    /// How busy the workers are; if that is unknown, the CPU. Others may keep that busy while the
    /// workers have time, which is no reason to hold tasks back.
    pub(super) fn load(&self) -> f64 {
        self.busy.or(self.cpu).unwrap_or(0.0)
    }
}
