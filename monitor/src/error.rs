//! What can go wrong when a monitor is set up, or its figures are named. Once it runs, nothing
//! does: a figure that cannot be read is unknown.

use std::io;
use thiserror::Error;

/// Why a monitor could not be started, or a figure not be labelled.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig};
///
/// let config = ResourceMonitorConfig { cpu_threshold: 1.5, ..Default::default() };
/// let error = ResourceMonitor::start(config).unwrap_err();
/// assert!(error.is_invalid_config());
/// assert_eq!(
///     error.to_string(),
///     "ResourceMonitorConfig.cpu_threshold is 1.5; it must be above 0 and at most 1",
/// );
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MonitorError {
    /// A field of the configuration makes no sense.
    #[error("ResourceMonitorConfig.{field} is {value}; it must be {allowed}")]
    #[non_exhaustive]
    InvalidConfig {
        /// The field's name.
        field: &'static str,
        /// The value it had.
        value: String,
        /// The values it may have.
        allowed: &'static str,
    },
    /// The operating system refused the monitor's thread.
    #[error("cannot start the thread {name}: {source}; is the limit on threads reached?")]
    #[non_exhaustive]
    ThreadStart {
        /// The thread's name.
        name: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// A label of an [`Export`](crate::Export) cannot have this name.
    #[error(
        "{name:?} cannot be the name of a label: it must be new, of ASCII letters, digits and \
         underscores, and begin with a letter or one underscore"
    )]
    #[non_exhaustive]
    InvalidLabel {
        /// The name.
        name: String,
    },
}

impl MonitorError {
    /// Whether the configuration was refused.
    pub fn is_invalid_config(&self) -> bool {
        matches!(self, Self::InvalidConfig { .. })
    }

    /// Whether a label cannot have its name.
    pub fn is_invalid_label(&self) -> bool {
        matches!(self, Self::InvalidLabel { .. })
    }

    /// Whether the thread could not be started.
    pub fn is_thread_start(&self) -> bool {
        matches!(self, Self::ThreadStart { .. })
    }
}
