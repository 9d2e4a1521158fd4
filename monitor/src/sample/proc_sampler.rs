//! The sampler that looks at the real machine.

use super::cgroup::Cgroups;
use super::kept_file::Reader;
use super::machine::{MachineCpu, MachineMemory, ResidentMemory};
use super::pace::{Group, PERIOD, Paces};
use super::pressure::PressureFiles;
use super::process_cpu::{ProcessCpu, ProcessCpuNow};
use super::source::{FileSource, Machine};
use super::thread_files::{ThreadFiles, ThreadTimes, WorkerThread};
use super::{Sample, Sampler, Warning};
use primitives::Timestamp;
use std::path::Path;
use std::time::Duration;

/// Samples the machine through the kernel's files and this process through its CPU clock.
///
/// Never fails and never panics: what cannot be read, or makes no sense, is unknown, and is
/// [warned about](Sampler::next_warning) once for each file. Rates need two readings. The
/// timestamps it is given must come from a clock that runs at the machine's speed, since CPU and
/// stall times are set against them.
///
/// Only the process's CPU clock is read for each sample. The files are read about once in
/// [`SELDOM`](Self::SELDOM), in groups that take turns, and their figures repeated in between; so a
/// sample reads one group at most if they are 100 ms apart. Pressure is read in every second turn,
/// that of the machine and that of the cgroup by turns. The first sample, and one after a pause,
/// reads everything. Otherwise CPU of the machine and of the cgroup is estimated: what this process
/// uses now, and what others used between the last two readings.
///
/// Control groups of both versions, and of a mixture, are found by the process's own list of them
/// and of its mounts. If the process is moved to another cgroup, so are they. A sample allocates
/// nothing, except when files are opened: with the first sample, for a new worker, after a move,
/// and for a file that went and came back. It keeps some 15 descriptors, up to 4 for each level of
/// cgroups, and one for each worker.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{ProcSampler, Sampler};
/// use primitives::Timestamp;
///
/// let first = ProcSampler::new().sample(Timestamp::ZERO);
/// assert_eq!(first.cpu_utilization, None, "one reading makes no rate");
/// assert!(first.cpus_allowed().is_some_and(|cpus| cpus > 0.0));
/// ```
#[derive(Debug)]
pub struct ProcSampler {
    reader: Reader,
    process: ProcessCpu,
    machine: MachineCpu,
    memory: MachineMemory,
    resident: ResidentMemory,
    pressure: PressureFiles,
    cgroups: Cgroups,
    threads: ThreadFiles,
    paces: Paces,
    /// When the first of them is due.
    due: Timestamp,
    memory_at: MemoryAt,
    is_memory_wanted: bool,
    latest: Sample,
}

/// When memory was last read.
#[derive(Debug, Default)]
struct MemoryAt {
    machine: Timestamp,
    cgroup: Timestamp,
}

impl ProcSampler {
    /// About the time between two readings of what is not read for each sample. Less than the
    /// second within which a changed quota is to be seen, so that samples may be 150 ms apart.
    pub const SELDOM: Duration = PERIOD;

    /// A sampler of this machine.
    pub fn new() -> Self {
        Self::with_source(Box::new(Machine))
    }

    /// A sampler that finds `/proc` in another folder: a mount elsewhere. Cgroups are where the
    /// list of mounts there says they are. The CPU clock and the affinity are this process's own.
    pub fn with_root(root: impl AsRef<Path>) -> Self {
        Self::with(Box::new(Machine), root.as_ref())
    }

    /// A sampler that has its files from `source`: recorded files in a test.
    pub fn with_source(source: Box<dyn FileSource>) -> Self {
        Self::with(source, Path::new("/proc"))
    }

    fn with(source: Box<dyn FileSource>, proc: &Path) -> Self {
        Self {
            reader: Reader::new(source),
            process: ProcessCpu::default(),
            machine: MachineCpu::new(proc),
            memory: MachineMemory::new(proc),
            resident: ResidentMemory::new(proc),
            pressure: PressureFiles::new(&proc.join("pressure"), ["cpu", "memory", "io"]),
            cgroups: Cgroups::new(proc),
            threads: ThreadFiles::new(proc),
            paces: Paces::new(),
            due: Timestamp::ZERO,
            memory_at: MemoryAt::default(),
            is_memory_wanted: false,
            latest: Sample::default(),
        }
    }

    /// Reads what is due, or wanted: into `sample`.
    fn read(&mut self, process: ProcessCpuNow, sample: &mut Sample) {
        let now = sample.at;
        let Self { reader, machine, cgroups, paces, memory_at, .. } = self;
        let is_memory_wanted = std::mem::take(&mut self.is_memory_wanted);
        if paces.is_due(Group::MachineCpu, now) {
            machine.read(reader, process, sample);
        }
        // What was read of another cgroup says nothing of the one it is in now.
        let has_moved = paces.is_due(Group::Membership, now) && cgroups.follow(reader);
        if paces.is_due(Group::Quota, now) || has_moved {
            cgroups.read_quota(reader, process, machine.cores(), sample);
        }
        if paces.is_due(Group::Memory, now) || is_memory_wanted {
            self.memory.read(reader, sample);
            memory_at.machine = now;
        }
        let limits_memory = sample.finite_memory_limit().is_some();
        if paces.is_due(Group::WorkingSet, now) || has_moved || (is_memory_wanted && limits_memory)
        {
            cgroups.read_working_set(reader, sample);
            memory_at.cgroup = now;
        }
        if paces.is_due(Group::Limits, now) || has_moved {
            sample.affinity_cpus = reader.source().affinity_cpus();
            sample.process_rss_bytes = self.resident.read(reader);
            cgroups.read_limits(reader, sample);
        }
        if paces.is_due(Group::Pressure, now) {
            sample.pressure = self.pressure.read(reader, now);
        }
        if paces.is_due(Group::CgroupPressure, now) || has_moved {
            cgroups.read_pressure(reader, sample);
        }
        self.due = paces.first_due();
    }
}

impl MemoryAt {
    /// How old the figures are of which `sample` makes what is left.
    fn age(&self, sample: &Sample) -> Duration {
        let cgroup = sample.finite_memory_limit().map(|_| self.cgroup);
        sample.at - cgroup.map_or(self.machine, |cgroup| cgroup.min(self.machine))
    }
}

impl Default for ProcSampler {
    fn default() -> Self {
        Self::new()
    }
}

impl Sampler for ProcSampler {
    fn sample(&mut self, now: Timestamp) -> Sample {
        let cores = self.machine.cores();
        let process = self.process.read(self.reader.source(), now, cores);
        let mut sample = Sample { at: now, process_cpu: process.cores, ..self.latest };
        if now >= self.due || self.is_memory_wanted {
            self.read(process, &mut sample);
        }
        sample.cpu_utilization = self.machine.utilization(process);
        sample.cgroup_cpu = self.cgroups.cpu(process, self.machine.cores());
        sample.memory_age = self.memory_at.age(&sample);
        self.latest = sample;
        sample
    }

    fn expect_memory(&mut self) {
        self.is_memory_wanted = true;
    }

    fn thread_times(&mut self, thread: WorkerThread) -> Option<ThreadTimes> {
        self.threads.read(&mut self.reader, thread)
    }

    fn next_warning(&mut self) -> Option<Warning> {
        self.reader.next_warning()
    }
}
