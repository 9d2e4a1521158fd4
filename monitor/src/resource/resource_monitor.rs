//! The monitor that everybody asks.

use super::board::Board;
use super::builder::MonitorBuilder;
use super::gate::Gate;
use super::workers::WorkerUsage;
use crate::{MonitorError, ResourceMonitorConfig, Sample, Sampler, Warning};
use primitives::shim::Mutex;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// I/O wait from which on [`ResourceMonitor::recommended_concurrency`] rises.
const HIGH_IO_WAIT: f64 = 0.3;
/// CPU utilisation from which on it falls.
const HIGH_CPU: f64 = 0.8;

/// Samples the machine at an interval and answers questions about the latest sample.
///
/// All answers are advice from a moment ago; none of them blocks, and none reserves anything.
/// What is unknown does not forbid: a machine without readable figures is used to the full.
/// Dropping the monitor stops it.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig};
///
/// let monitor = ResourceMonitor::start(ResourceMonitorConfig::default())?;
/// if monitor.can_schedule_memory_task(64 << 20) {
///     println!("room for 64 MiB, {:?} in use", monitor.latest().memory_used_bytes);
/// }
/// monitor.stop();
/// # Ok::<(), graph_runtime_monitor::MonitorError>(())
/// ```
#[derive(Debug)]
pub struct ResourceMonitor {
    config: ResourceMonitorConfig,
    board: Arc<Board>,
    gate: Arc<Gate>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl ResourceMonitor {
    pub(crate) fn new(
        config: ResourceMonitorConfig,
        board: Arc<Board>,
        gate: Arc<Gate>,
        thread: Option<JoinHandle<()>>,
    ) -> Self {
        Self { config, board, gate, thread: Mutex::new(thread) }
    }

    /// Starts monitoring this machine. The first sample, without rates, is there on return.
    ///
    /// # Errors
    ///
    /// [`MonitorError::InvalidConfig`] if a field is out of its range, and
    /// [`MonitorError::ThreadStart`] if there can be no further thread.
    pub fn start(config: ResourceMonitorConfig) -> Result<Self, MonitorError> {
        Self::builder(config).start()
    }

    /// Like [`start`](Self::start), with samples from `sampler`.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn with_sampler(
        config: ResourceMonitorConfig,
        sampler: Box<dyn Sampler>,
    ) -> Result<Self, MonitorError> {
        Self::builder(config).sampler(sampler).start()
    }

    /// A monitor to be put together from parts.
    pub fn builder(config: ResourceMonitorConfig) -> MonitorBuilder {
        MonitorBuilder::new(config)
    }

    /// The settings it was started with.
    pub fn config(&self) -> &ResourceMonitorConfig {
        &self.config
    }

    /// The latest sample.
    pub fn latest(&self) -> Sample {
        self.board.latest()
    }

    /// How many samples there have been.
    pub fn samples(&self) -> u64 {
        self.board.samples()
    }

    /// How many samples had memory read for them, so that their
    /// [`memory_age`](Sample::memory_age) was zero. Once this has gone up, [`latest`](Self::latest)
    /// has the figures of that reading or a later one.
    pub fn memory_readings(&self) -> u64 {
        self.board.memory_readings()
    }

    /// How many samples the sampler panicked in.
    pub fn sampler_panics(&self) -> u64 {
        self.board.panics()
    }

    /// What the sampler could not make sense of so far: once for each file, the first 64. The
    /// figures that depend on it are unknown for as long as that lasts.
    pub fn warnings(&self) -> Vec<Warning> {
        self.board.warnings()
    }

    /// Watches the calling thread as worker number `worker`, in place of the thread before. Its
    /// [usage](Self::worker_usage) is known from the second sample on that looks at it. `false`,
    /// and nothing is watched, if `worker` is [`WORKERS_MAX`](crate::resource::WORKERS_MAX) or
    /// more. Calling it again changes nothing. A thread that ends is noticed, and its usage unknown
    /// from then on.
    pub fn register_worker(&self, worker: usize) -> bool {
        self.board.workers().register(worker)
    }

    /// Stops watching worker number `worker`.
    pub fn unregister_worker(&self, worker: usize) {
        self.board.workers().unregister(worker);
    }

    /// What the thread of worker number `worker` got of the machine; `None` if it is not
    /// registered.
    pub fn worker_usage(&self, worker: usize) -> Option<WorkerUsage> {
        self.board.workers().usage(worker)
    }

    /// Whether the machine has CPU time to spare: its utilisation is below
    /// [`cpu_threshold`](ResourceMonitorConfig::cpu_threshold), or unknown.
    pub fn can_schedule_cpu_task(&self) -> bool {
        self.latest().cpu_utilization.is_none_or(|busy| busy < self.config.cpu_threshold)
    }

    /// Whether there are `required_memory` bytes to spare: the machine has them available, the
    /// limit of this process's cgroup has room for them, and with them the machine's memory in use
    /// stays below [`memory_threshold`](ResourceMonitorConfig::memory_threshold). An unknown
    /// figure is taken for no obstacle, but what alone reaches the threshold is always too much.
    ///
    /// Memory is read less often than samples are taken. To ask for it is to
    /// [want](Self::want_memory) it read for the next one.
    pub fn can_schedule_memory_task(&self, required_memory: usize) -> bool {
        self.want_memory();
        let most = self.latest().memory_to_spare(as_u64(self.config.memory_threshold));
        most.is_some_and(|most| as_u64(required_memory) <= most)
    }

    /// Has memory read for the next sample: it is read with each while somebody wants it, and else
    /// about once a second. One atomic load if somebody has said so already.
    pub fn want_memory(&self) {
        self.board.want_memory();
    }

    /// How many tasks the machine could do with at once:
    ///
    /// | latest sample | tasks |
    /// |---|---|
    /// | I/O wait above 0.3: cores stand idle for disks | twice the cores |
    /// | else, CPU utilisation above 0.8 | half the cores, at least 1 |
    /// | else, or unknown | the cores |
    ///
    /// The cores are those of the configuration, or what affinity, cpuset and quota
    /// [leave of them](Sample::workers_allowed).
    pub fn recommended_concurrency(&self) -> usize {
        let sample = self.latest();
        let cores = self.config.cores.min(sample.workers_allowed().unwrap_or(usize::MAX));
        if sample.io_wait.is_some_and(|share| share > HIGH_IO_WAIT) {
            cores.saturating_mul(2)
        } else if sample.cpu_utilization.is_some_and(|share| share > HIGH_CPU) {
            (cores / 2).max(1)
        } else {
            cores
        }
    }

    /// Tells the monitor that nothing runs (`true`), or that something does again (`false`).
    ///
    /// While idle it takes no samples: once the current interval is over its thread sleeps without
    /// a timeout, and [`latest`](Self::latest) grows old. The first sample afterwards is taken
    /// as soon as the interval allows, and its rates are means over the whole sleep.
    ///
    /// One atomic load if nothing changes, so a worker may call it on every park. The last call
    /// wins: calls that race must be ordered by the caller.
    pub fn set_idle(&self, idle: bool) {
        self.gate.set_idle(idle);
    }

    /// Ends the thread and waits until it is gone, without waiting for the interval to pass. The
    /// latest sample stays. Calling it again does nothing.
    ///
    /// Called from within its own sampler it cannot wait for the thread, which then ends by itself
    /// after that sample.
    pub fn stop(&self) {
        self.gate.stop();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
        {
            // It can only have panicked in the destructor of the sampler, which is done with.
            let _ = thread.join();
        }
    }
}

impl ResourceMonitor {
    /// Tells the thread to end, as [`stop`](Self::stop) does, without waiting until it is gone.
    pub fn stop_in_background(&self) {
        self.gate.stop();
        drop(self.thread.lock().take());
    }
}

impl Drop for ResourceMonitor {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Lossless on every target there is.
fn as_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
