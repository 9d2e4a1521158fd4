//! How a monitor samples and from where on it calls a resource short.

use crate::MonitorError;
use std::thread;
use std::time::Duration;

/// The shortest interval: one tick of the kernel's CPU accounting. More often there is little new.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);
const LONGEST_INTERVAL: Duration = Duration::from_secs(3600);

/// The settings of a [`ResourceMonitor`](crate::ResourceMonitor).
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::ResourceMonitorConfig;
/// use std::time::Duration;
///
/// let config = ResourceMonitorConfig {
///     monitoring_interval: Duration::from_millis(250),
///     memory_threshold: 8 << 30,
///     ..ResourceMonitorConfig::default()
/// };
/// config.validate().unwrap();
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceMonitorConfig {
    /// Time between two samples: 10 ms to 1 h, 100 ms by default. What comes from files is read
    /// about once in [`SELDOM`](crate::ProcSampler::SELDOM), or with each sample if that is longer.
    pub monitoring_interval: Duration,
    /// Machine-wide CPU utilisation from which on no further CPU-bound task is advised: above 0,
    /// at most 1; 0.8 by default.
    pub cpu_threshold: f64,
    /// Machine-wide memory in use, in bytes, that should not be reached: at least 1;
    /// `usize::MAX`, which is no limit, by default.
    pub memory_threshold: usize,
    /// The cores that recommendations are based on: at least 1; by default those this process may
    /// run on ([`std::thread::available_parallelism`]).
    pub cores: usize,
}

impl Default for ResourceMonitorConfig {
    fn default() -> Self {
        Self {
            monitoring_interval: Duration::from_millis(100),
            cpu_threshold: 0.8,
            memory_threshold: usize::MAX,
            cores: thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

impl ResourceMonitorConfig {
    /// Checks that every field is within its range.
    ///
    /// # Errors
    ///
    /// [`MonitorError::InvalidConfig`] with the first field that is not, its value and its range.
    pub fn validate(&self) -> Result<(), MonitorError> {
        let interval = self.monitoring_interval;
        if !(SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(&interval) {
            return Err(invalid("monitoring_interval", format!("{interval:?}"), "10 ms to 1 h"));
        }
        // Written so that NaN, which is neither above nor below anything, is refused too.
        if !(self.cpu_threshold > 0.0 && self.cpu_threshold <= 1.0) {
            let value = self.cpu_threshold.to_string();
            return Err(invalid("cpu_threshold", value, "above 0 and at most 1"));
        }
        if self.memory_threshold == 0 {
            return Err(invalid("memory_threshold", "0".into(), "at least 1 byte"));
        }
        if self.cores == 0 {
            return Err(invalid("cores", "0".into(), "at least 1"));
        }
        Ok(())
    }
}

fn invalid(field: &'static str, value: String, allowed: &'static str) -> MonitorError {
    MonitorError::InvalidConfig { field, value, allowed }
}
