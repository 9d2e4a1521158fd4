//! An executor's settings.

use super::{Controller, ExecutorError};
use scheduler::{GroupLimit, History, Overdue, Policy, RateLimit, SchedulerConfig, SchedulerError};
use std::time::Duration;

/// Bounds, budgets and order of an [`AsyncTaskExecutor`](super::AsyncTaskExecutor).
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::ExecutorConfig;
///
/// let config = ExecutorConfig { worker_count: 2, max_in_flight: 16, ..ExecutorConfig::default() };
/// assert!(config.validate().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutorConfig {
    /// Threads that poll tasks, 1 to 4096. Default: the processors this process may use. An
    /// executor [on](super::AsyncTaskExecutor::on) a runtime uses that runtime's workers instead.
    /// With a monitor no more of them run than there is
    /// [room](crate::runtime::Builder::resource_monitor) for, and adaptive scheduling takes the
    /// time of those that may for the whole.
    pub worker_count: usize,
    /// How many tasks may be submitted and not yet started, 1 to 2^31. Beyond that `submit` waits
    /// and `try_submit` hands the task back; a graph must fit as a whole. Default: 2^20.
    pub max_queue_size: usize,
    /// How long one attempt may run if its task does not say; above zero. `Duration::MAX`, the
    /// default, is no timeout.
    pub default_timeout: Duration,
    /// Whether idle workers take tasks from busy ones. Default: yes. As with `worker_count`, an
    /// executor on a runtime leaves that to the runtime.
    pub enable_work_stealing: bool,
    /// The share of the workers' time above which adaptive scheduling lets no more run (for `Aimd`
    /// that of the machine's CPU), and the share of the machine's CPU from which on the monitor
    /// advises against CPU-bound tasks: above 0, at most 1. Default: 0.9.
    pub cpu_target: f64,
    /// Bytes of memory in use, machine-wide, that should not be reached. A task with a memory
    /// requirement with which they would be waits, unless none with one is running, as it would for
    /// [`memory_bytes`](Self::memory_bytes); and adaptive scheduling lowers its limit while they
    /// are reached. At least 1; `usize::MAX`, the default, is no threshold.
    pub memory_threshold: usize,
    /// Whether a [`Controller`] decides how many tasks may run at once, between 1 and
    /// `max_in_flight`, by what comes of it and by what the monitor sees. Default: no.
    pub adaptive_scheduling: bool,
    /// Which one. Default: the one that probes throughput.
    pub controller: Controller,
    /// How many tasks may run at once, at least 1. Running means started and not ended, also
    /// while waiting for I/O, so this is usually far above `worker_count`. Default: 1024.
    pub max_in_flight: usize,
    /// Which ready task starts first. Default: [`Policy::Deadline`], which without deadlines is
    /// the critical path inside each graph, graphs in order.
    pub policy: Policy,
    /// What happens when a deadline, of a task or of its graph, passes while the task runs.
    /// Nothing by default. `Report` tells whoever listens to
    /// [`events`](super::AsyncTaskExecutor::events); `Cancel` stops the task as well. It then ends
    /// as cancelled, not as timed out: a deadline is when a result is wanted, a
    /// [timeout](super::ExecutableTask::timeout) how long a sound attempt takes, so only the latter
    /// is a failure.
    pub overdue: Overdue,
    /// How long a ready task lets others overtake it; after that it gets one in eight starts
    /// whatever the policy thinks of it. `Duration::MAX` is for ever. Default: a minute.
    pub patience: Duration,
    /// What is known about run times by kind of task. If there is a history, even an empty one, the
    /// executor goes by it for tasks that come without an estimate, unless of a graph so little is
    /// known that ranks would be [guesses](crate::Forecast), observes whatever completes, at
    /// some 100 ns a task, and computes ranks again when estimates have moved.
    /// [`AsyncTaskExecutor::history`](super::AsyncTaskExecutor::history) takes it out again.
    /// `None`, the default, learns nothing.
    pub history: Option<History>,
    /// Cores the running tasks may use together. Infinity, the default, is no budget.
    pub cpu_cores: f64,
    /// Bytes the running tasks may require together. `usize::MAX`, the default, is no budget.
    pub memory_bytes: usize,
    /// The sum of the running tasks' I/O intensities. Infinity, the default, is no budget.
    pub io_capacity: f64,
    /// The concurrency groups that tasks may name: of each, at most so many tasks run at once.
    /// Default: none.
    pub groups: Vec<GroupLimit>,
    /// The rates that tasks may name: so many units in a period, of which each attempt takes what
    /// it costs. Default: none.
    pub rates: Vec<RateLimit>,
}

impl Default for ExecutorConfig {
    fn default() -> Self {
        Self {
            worker_count: std::thread::available_parallelism().map_or(1, usize::from),
            max_queue_size: 1 << 20,
            default_timeout: Duration::MAX,
            enable_work_stealing: true,
            cpu_target: 0.9,
            memory_threshold: usize::MAX,
            adaptive_scheduling: false,
            controller: Controller::default(),
            max_in_flight: 1024,
            policy: Policy::default(),
            overdue: Overdue::default(),
            patience: SchedulerConfig::default().patience,
            history: None,
            cpu_cores: f64::INFINITY,
            memory_bytes: usize::MAX,
            io_capacity: f64::INFINITY,
            groups: Vec::new(),
            rates: Vec::new(),
        }
    }
}

impl ExecutorConfig {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// [`ExecutorError::InvalidConfig`] names the first field that makes no sense, its value and
    /// the values it may have.
    pub fn validate(&self) -> Result<(), ExecutorError> {
        check(
            "worker_count",
            self.worker_count,
            (1..=4096).contains(&self.worker_count),
            "1 to 4096",
        )?;
        let queue = self.max_queue_size;
        check("max_queue_size", queue, (1..=1 << 31).contains(&queue), "1 to 2^31")?;
        if self.default_timeout.is_zero() {
            return Err(invalid(
                "default_timeout",
                "0 s".into(),
                "above zero; Duration::MAX is no timeout",
            ));
        }
        // Written so that NaN, which is neither above nor below anything, is refused too.
        let target = self.cpu_target;
        check("cpu_target", target, target > 0.0 && target <= 1.0, "above 0 and at most 1")?;
        check("max_in_flight", self.max_in_flight, self.max_in_flight > 0, "at least 1")?;
        let or_none = "at least 1, or usize::MAX for no limit";
        check("memory_threshold", self.memory_threshold, self.memory_threshold > 0, or_none)?;
        check("memory_bytes", self.memory_bytes, self.memory_bytes > 0, or_none)?;
        let or_infinite = "above 0, or infinity for no limit";
        let above_0 = |field, value| check(field, value, value > 0.0, or_infinite);
        above_0("cpu_cores", self.cpu_cores)?;
        above_0("io_capacity", self.io_capacity)?;
        let allowed = "a list of distinct names with limits, units, periods and bursts above 0";
        match self.scheduler(0).validate() {
            Err(SchedulerError::InvalidConfig { field, reason }) => {
                Err(invalid(field, format!("no such list: it {reason}"), allowed))
            }
            _ => Ok(()),
        }
    }

    /// What of it the scheduler knows; whatever is random there follows from `seed`.
    pub(super) fn scheduler(&self, seed: u64) -> SchedulerConfig {
        SchedulerConfig {
            policy: self.policy,
            overdue: self.overdue,
            patience: self.patience,
            max_in_flight: self.max_in_flight,
            max_pending: self.max_queue_size,
            cpu_cores: self.cpu_cores,
            memory_bytes: self.memory_bytes,
            io_capacity: self.io_capacity,
            groups: self.groups.clone(),
            rates: self.rates.clone(),
            seed,
        }
    }

    /// Whether some field has no meaning without a resource monitor; which.
    pub(super) fn needs_monitor(&self) -> Option<(&'static str, String)> {
        if self.adaptive_scheduling {
            return Some(("adaptive_scheduling", "true".into()));
        }
        let threshold = self.memory_threshold;
        (threshold != usize::MAX).then(|| ("memory_threshold", threshold.to_string()))
    }
}

fn check(
    field: &'static str,
    value: impl ToString,
    is_allowed: bool,
    allowed: &'static str,
) -> Result<(), ExecutorError> {
    if is_allowed { Ok(()) } else { Err(invalid(field, value.to_string(), allowed)) }
}

pub(super) fn invalid(field: &'static str, value: String, allowed: &'static str) -> ExecutorError {
    ExecutorError::InvalidConfig { field, value, allowed }
}
