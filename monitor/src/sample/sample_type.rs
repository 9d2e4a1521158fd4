//! What a sample is made of.

use super::Pressure;
use primitives::Timestamp;
use std::time::Duration;

/// What the machine and this process were doing, as far as it could be found out.
///
/// `None` means unknown: there is no such file here, it made no sense, a counter ran backwards,
/// or the figure is a rate and this is the first reading. Rates are means over the time since the
/// reading before.
///
/// CPU of the process is read for each sample. The other figures are read about every
/// [850 ms](crate::ProcSampler::SELDOM), not all by the same sample, and repeated in between;
/// memory more often if that is [wanted](crate::ResourceMonitor::want_memory), and pressure half as
/// often, over twice the time. A quota or limit
/// that changes is thus seen within a second if samples are at most 150 ms apart, else a period and
/// an interval later at most. [`cpu_utilization`](Self::cpu_utilization) and
/// [`cgroup_cpu`](Self::cgroup_cpu) are of the moment all the same: what this process uses now, and
/// others as of the last reading.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::Sample;
///
/// // Eight cores to run on, and a quota of one and a half of them.
/// let sample =
///     Sample { affinity_cpus: Some(8), cpu_quota: Some(1.5), ..Sample::default() };
/// assert_eq!(sample.cpus_allowed(), Some(1.5));
/// assert_eq!(sample.workers_allowed(), Some(2));
/// assert_eq!(sample.cpuset_cpus, None, "not measured, which is not the same as none");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// When it was taken.
    pub at: Timestamp,
    /// The share of the machine's CPU time that was not idle, 0 to 1. Time a hypervisor gave to
    /// others counts as busy, since nobody here could have used it; waiting for I/O counts as
    /// idle. Other processes are taken to go on as they did when it was last read.
    pub cpu_utilization: Option<f64>,
    /// The cores this process kept busy: 1.5 is one and a half.
    pub process_cpu: Option<f64>,
    /// The machine's memory that programs could not be given without swapping: all of it less
    /// [`memory_available_bytes`](Self::memory_available_bytes).
    pub memory_used_bytes: Option<u64>,
    /// The kernel's estimate of the memory that programs could be given without swapping.
    pub memory_available_bytes: Option<u64>,
    /// How much older than the sample the memory figures of the machine and of the cgroup are: zero
    /// if they were read for it, and are not repeated from an earlier one.
    pub memory_age: Duration,
    /// The memory of this process that is resident.
    pub process_rss_bytes: Option<u64>,
    /// The share of the machine's CPU time that was idle with a disk request outstanding, 0 to 1.
    /// To be shown, not to be steered by: a request that is waited for on one core counts on
    /// whichever it was issued from, and not at all while that one has something else to do.
    pub io_wait: Option<f64>,
    /// How much work on the machine stood still for want of a resource.
    pub pressure: Pressure,
    /// The cores this process's cgroup kept busy, everything below it included. Other processes in
    /// it are taken to go on as they did when it was last read.
    pub cgroup_cpu: Option<f64>,
    /// How much work in this process's cgroup (version 2) stood still for want of a resource,
    /// since the reading before.
    pub cgroup_pressure: Pressure,
    /// The memory that this process's cgroup holds and could not easily give back: all of it less
    /// file pages that have not been used lately.
    pub working_set_bytes: Option<u64>,
    /// The least limit on the memory of this process's cgroup and those above it that can be seen
    /// from here, in bytes: what kills, and in version 2 what throttles (`memory.high`).
    /// `u64::MAX` if there is none.
    pub memory_limit_bytes: Option<u64>,
    /// How much the quotas of this process's cgroup and those above it held back.
    pub throttling: Option<Throttling>,
    /// The least CPU quota of this process's cgroup and those above it that can be seen from here,
    /// in cores. Infinite if there is none.
    pub cpu_quota: Option<f64>,
    /// The cores that the sampling thread may run on (`sched_getaffinity`), as may the workers if
    /// nobody pinned them.
    pub affinity_cpus: Option<u32>,
    /// The cores that this process's cpuset has.
    pub cpuset_cpus: Option<u32>,
}

/// What CPU quotas did since the reading before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throttling {
    /// Periods that ran out of quota, of all cgroups from this process's upwards.
    pub periods: u64,
    /// The cores that were held back: the CPU time for which runnable threads stood still for want
    /// of quota, over the time.
    pub cores: f64,
}

impl Sample {
    /// A sample in which everything is unknown.
    pub fn unknown(at: Timestamp) -> Self {
        Self { at, ..Self::default() }
    }

    /// How many cores this process can use at most: the least of its affinity, its cpuset and its
    /// quota, as far as they are known. Above 0; a fraction if the quota is one.
    pub fn cpus_allowed(&self) -> Option<f64> {
        let counts = [self.affinity_cpus, self.cpuset_cpus].into_iter().flatten().map(f64::from);
        counts.chain(self.cpu_quota).filter(|cpus| cpus.is_finite()).reduce(f64::min)
    }

    /// How many workers can be of use at once: [`cpus_allowed`](Self::cpus_allowed) rounded up, at
    /// least 1. The workers above that number only wait for each other's quota and should park.
    pub fn workers_allowed(&self) -> Option<usize> {
        // Saturates, and there are no such machines.
        self.cpus_allowed().map(|cpus| (cpus.ceil() as usize).max(1))
    }

    /// Memory that this process can still be given: what the machine has available, and what its
    /// cgroup has left below its limit.
    pub fn memory_left_bytes(&self) -> Option<u64> {
        let below_limit = self.finite_memory_limit().zip(self.working_set_bytes);
        let below_limit = below_limit.map(|(limit, used)| limit.saturating_sub(used));
        self.memory_available_bytes.into_iter().chain(below_limit).min()
    }

    /// The most bytes with which the machine's memory in use stays below `threshold`, and that this
    /// process [can still be given](Self::memory_left_bytes); `None` if the threshold is reached
    /// already. Unknown figures are taken for no obstacle.
    pub fn memory_to_spare(&self, threshold: u64) -> Option<u64> {
        let used = self.memory_used_bytes.unwrap_or(0);
        let left = self.memory_left_bytes().unwrap_or(u64::MAX);
        let below_threshold = threshold.checked_sub(used)?.checked_sub(1)?;
        Some(below_threshold.min(left))
    }

    /// The least limit on memory, if there is one and it is known.
    pub(crate) fn finite_memory_limit(&self) -> Option<u64> {
        self.memory_limit_bytes.filter(|&limit| limit != u64::MAX)
    }
}
