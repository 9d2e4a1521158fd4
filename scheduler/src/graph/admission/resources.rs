//! What a task needs while it runs.

use crate::error::SchedulerError;
use crate::graph::TaskId;

/// What a task occupies from its start to its end. All zero, the default, means nothing.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::ResourceRequirements;
///
/// let heavy =
///     ResourceRequirements { cpu_cores: 1.5, memory_bytes: 1 << 30, ..Default::default() };
/// assert_eq!(heavy.io_intensity, 0.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ResourceRequirements {
    /// Processor cores, fractions allowed; finite and not negative. Counted in millionths.
    pub cpu_cores: f64,
    /// Memory, in bytes.
    pub memory_bytes: usize,
    /// How much of one I/O channel the task keeps busy, 0 to 1. Counted in millionths.
    pub io_intensity: f64,
}

impl ResourceRequirements {
    /// Refuses numbers that mean nothing.
    pub(crate) fn check(&self, task: TaskId) -> Result<(), SchedulerError> {
        let refuse = |resource, value, expected| {
            Err(SchedulerError::InvalidRequirement { task, resource, value, expected })
        };
        if !(self.cpu_cores.is_finite() && self.cpu_cores >= 0.0) {
            return refuse("cpu_cores", self.cpu_cores, "a finite number, not below 0");
        }
        if !(0.0..=1.0).contains(&self.io_intensity) {
            return refuse("io_intensity", self.io_intensity, "a number from 0 to 1");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{ResourceRequirements, TaskId};

    fn refused(cpu_cores: f64, io_intensity: f64) -> bool {
        let needs = ResourceRequirements { cpu_cores, memory_bytes: 0, io_intensity };
        needs.check(TaskId::new(1)).is_err_and(|error| error.is_invalid())
    }

    #[test]
    fn only_meaningful_numbers_pass() {
        assert!(!refused(0.0, 0.0));
        assert!(!refused(2.5, 1.0));
        assert!(refused(-0.1, 0.0));
        assert!(refused(f64::INFINITY, 0.0));
        assert!(refused(f64::NAN, 0.0));
        assert!(refused(0.0, 1.1));
        assert!(refused(0.0, -0.1));
        assert!(refused(0.0, f64::NAN));
    }
}
