//! Figures for other programs: Prometheus's text format, and JSON.
//!
//! Both are written from the same list, made of one snapshot of the metrics and at most one sample
//! of the machine, so what belongs together is of one moment. Units are seconds, bytes, cores and
//! ratios; what is unknown is left out.
//!
//! | name, after `graph_runtime_` | kind | labels |
//! |---|---|---|
//! | `tasks_submitted_total`, `tasks_rejected_total`, `tasks_live` | counter, counter, gauge | |
//! | `tasks_ended_total` | counter | `end` |
//! | `task_queue_wait_seconds`, `task_run_time_seconds`, `task_lateness_seconds` | summary | `quantile` |
//! | `deadlines_met_total` | counter | |
//! | `worker_polls_total`, `worker_local_pops_total`, `worker_lifo_pops_total`, `worker_injector_pops_total`, `worker_steals_total`, `worker_steal_attempts_total`, `worker_parks_total`, `worker_busy_seconds_total` | counter | `worker` |
//! | `machine_cpu_utilization_ratio`, `machine_io_wait_ratio` | gauge | |
//! | `machine_memory_used_bytes`, `machine_memory_available_bytes` | gauge | |
//! | `process_cpu_cores`, `process_resident_bytes` | gauge | |
//! | `pressure_ratio` | gauge | `scope`, `resource`, `stalled` |
//! | `cgroup_cpu_cores`, `cgroup_throttled_cores`, `cgroup_working_set_bytes` | gauge | |
//! | `cgroup_memory_limit_bytes`, `cpus_allowed_cores` | gauge | |
//!
//! The format is written here because the libraries for it keep registries of counters of their
//! own; what it takes is two escapes and an order of lines. Sources: Prometheus's documentation,
//! "Exposition formats", and its conventions on names.

mod families;
mod json;
mod prometheus;

use crate::{MetricsSnapshot, MonitorError, Sample};
use families::{Family, families};

/// Names of labels that figures have of their own accord.
const TAKEN: [&str; 7] = ["end", "quantile", "le", "worker", "scope", "resource", "stalled"];

/// Figures to be written down.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{ExecutionMetrics, Export};
///
/// let metrics = ExecutionMetrics::new(2);
/// metrics.recorder(None).submitted(3);
/// let export = Export::new(metrics.snapshot()).label("executor", "reports")?;
/// let text = export.to_prometheus();
/// assert!(text.contains("graph_runtime_tasks_submitted_total{executor=\"reports\"} 3\n"));
/// # Ok::<(), graph_runtime_monitor::MonitorError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Export {
    metrics: MetricsSnapshot,
    sample: Option<Sample>,
    labels: Vec<(String, String)>,
}

impl Export {
    /// Figures about tasks and workers.
    pub fn new(metrics: MetricsSnapshot) -> Self {
        Self { metrics, sample: None, labels: Vec::new() }
    }

    /// Adds figures about the machine.
    #[must_use]
    pub fn sample(mut self, sample: Sample) -> Self {
        self.sample = Some(sample);
        self
    }

    /// Adds a label to every figure, to tell executors or processes apart. `value` may be any text.
    ///
    /// # Errors
    ///
    /// [`MonitorError::InvalidLabel`] if `name` is not made of ASCII letters, digits and
    /// underscores, begins with a digit or two underscores, or is given already.
    pub fn label(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<Self, MonitorError> {
        let name = name.into();
        let is_given = self.labels.iter().any(|(given, _)| *given == name);
        if is_given || !is_label_name(&name) {
            return Err(MonitorError::InvalidLabel { name });
        }
        self.labels.push((name, value.into()));
        Ok(self)
    }

    /// The figures in Prometheus's text format, version 0.0.4: to be served as
    /// `text/plain; version=0.0.4`.
    pub fn to_prometheus(&self) -> String {
        prometheus::written(&self.labels, &self.families())
    }

    /// The figures as JSON: an object with `labels` and a list of `metrics`, each with `name`,
    /// `type`, `help` and `series`. A series has `labels` and either a `value` or, if it is a
    /// summary, `count`, `sum`, `max` and `quantiles`.
    pub fn to_json(&self) -> String {
        json::written(&self.labels, &self.families())
    }

    fn families(&self) -> Vec<Family> {
        families(&self.metrics, self.sample.as_ref())
    }
}

fn is_label_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let begins_well = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let goes_on_well = bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    begins_well && goes_on_well && !name.starts_with("__") && !TAKEN.contains(&name)
}
