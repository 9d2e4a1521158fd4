//! Figures for other programs: Prometheus's text format, and JSON.
//!
//! Both are written from the same list, made of at most one snapshot of each kind, so what belongs
//! together is of one moment. Units are seconds, bytes, cores and ratios; what is unknown is left
//! out.
//!
//! | name, after `graph_runtime_` | kind | labels |
//! |---|---|---|
//! | `tasks_submitted_total`, `tasks_rejected_total`, `tasks_retried_total` | counter | |
//! | `tasks_live` | gauge | |
//! | `tasks_ended_total` | counter | `end` |
//! | `task_queue_wait_seconds`, `task_run_time_seconds`, `task_lateness_seconds` | histogram | |
//! | `deadlines_met_total` | counter | |
//! | `tasks_in_flight`, `tasks_in_flight_limit`, `tasks_in_flight_limit_max` | gauge | |
//! | `limit_decisions_total` | counter | `reason` |
//! | `spawned_tasks_total`, `spawned_tasks_live` | counter, gauge | |
//! | `spawned_tasks_ended_total` | counter | `end` |
//! | `poll_delay_seconds`, `poll_time_seconds` | histogram | |
//! | `global_queue_depth`, `blocking_queue_depth`, `timers_pending` | gauge | |
//! | `blocking_threads` | gauge | `state` |
//! | `workers_awake`, `workers_limit`, `spare_workers` | gauge | |
//! | `stalls_total` | counter | `cause` |
//! | `spare_workers_refused_total` | counter | |
//! | `worker_queue_depth`, `worker_longest_poll_seconds` | gauge | `worker` |
//! | `worker_polls_total`, `worker_local_pops_total`, `worker_lifo_pops_total`, `worker_injector_pops_total`, `worker_steals_total`, `worker_steal_attempts_total`, `worker_parks_total`, `worker_busy_seconds_total` | counter | `worker` |
//! | `machine_cpu_utilization_ratio`, `machine_io_wait_ratio` | gauge | |
//! | `machine_memory_used_bytes`, `machine_memory_available_bytes` | gauge | |
//! | `process_cpu_cores`, `process_resident_bytes` | gauge | |
//! | `pressure_ratio` | gauge | `scope`, `resource`, `stalled` |
//! | `cgroup_cpu_cores`, `cgroup_throttled_cores`, `cgroup_working_set_bytes` | gauge | |
//! | `cgroup_memory_limit_bytes`, `cpus_allowed_cores` | gauge | |
//!
//! Histograms have the [bounds](crate::HistogramSnapshot::BOUNDS) 1, 2.5 and 5 us and so on up to
//! 100 s. Beside each there is a gauge for what happened in this process since its start, as
//! `task_run_time_percentile_seconds` beside `task_run_time_seconds`: its label `percentile` is
//! `50`, `90`, `99` or, for the longest, `100`. These are for people to look at; what is asked of
//! several processes, or of the last minutes, has to come from the buckets.
//!
//! The format is written here because the libraries for it keep registries of counters of their
//! own; what it takes is two escapes and an order of lines. Sources: Prometheus's documentation,
//! "Exposition formats", and its conventions on names.

mod families;
mod json;
mod machine;
mod prometheus;
mod runtime;
mod tasks;

use crate::{LimitSnapshot, MetricsSnapshot, MonitorError, RuntimeSnapshot, Sample};
use families::Family;

/// Names of labels that figures have of their own accord, or would have if they were summaries.
const TAKEN: [&str; 11] = [
    "end",
    "percentile",
    "quantile",
    "le",
    "worker",
    "scope",
    "resource",
    "stalled",
    "state",
    "cause",
    "reason",
];

/// Figures to be written down; none by default.
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
#[derive(Debug, Clone, Default)]
pub struct Export {
    metrics: Option<MetricsSnapshot>,
    limit: Option<LimitSnapshot>,
    runtime: Option<RuntimeSnapshot>,
    sample: Option<Sample>,
    labels: Vec<(String, String)>,
}

impl Export {
    /// Figures about the tasks of an executor and its workers.
    pub fn new(metrics: MetricsSnapshot) -> Self {
        Self { metrics: Some(metrics), ..Self::default() }
    }

    /// Adds figures about a runtime and its workers: those that an executor is on, if there are
    /// figures of one.
    #[must_use]
    pub fn runtime(mut self, runtime: RuntimeSnapshot) -> Self {
        self.runtime = Some(runtime);
        self
    }

    /// Adds the limit on tasks in flight, and what was decided about it.
    #[must_use]
    pub fn limit(mut self, limit: LimitSnapshot) -> Self {
        self.limit = Some(limit);
        self
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
    /// histogram, `count`, `sum`, `max`, `quantiles` and `buckets`, a list of all bounds `le` with
    /// the `count` of what was at most that. With a limit, there is an object `limit` with its
    /// `controller` and the last `decisions`, the oldest first, each with `seconds_ago`, `limit`,
    /// `reason` and `explanation`.
    pub fn to_json(&self) -> String {
        json::written(&self.labels, &self.families(), self.limit.as_ref())
    }

    fn families(&self) -> Vec<Family> {
        let mut families = Vec::new();
        families.extend(self.metrics.iter().flat_map(tasks::of_tasks));
        families.extend(self.limit.iter().flat_map(tasks::of_limit));
        families.extend(self.runtime.iter().flat_map(runtime::of_runtime));
        let of_executor = self.metrics.as_ref().map(|metrics| &metrics.workers);
        let workers = self.runtime.as_ref().map(|runtime| &runtime.workers).or(of_executor);
        families.extend(workers.into_iter().flat_map(|it| runtime::of_workers(it)));
        if let Some(sample) = &self.sample {
            families.extend(machine::of_machine(sample));
            families.push(machine::of_pressure(sample));
        }
        // A name without a figure says nothing.
        families.retain(|family| !family.series.is_empty());
        families
    }
}

fn is_label_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let begins_well = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let goes_on_well = bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    begins_well && goes_on_well && !name.starts_with("__") && !TAKEN.contains(&name)
}
