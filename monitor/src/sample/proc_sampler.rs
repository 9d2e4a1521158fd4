//! The sampler that looks at the real machine.

use super::cgroup::Cgroups;
use super::kept_file::Reader;
use super::machine::MachineFiles;
use super::source::{FileSource, Machine};
use super::thread_files::{ThreadFiles, ThreadTimes, WorkerThread};
use super::{Sample, Sampler, Warning};
use primitives::Timestamp;
use std::path::Path;
use std::time::Duration;

/// Samples the machine through the kernel's files and this process through its CPU clock.
///
/// Never fails and never panics: what cannot be read, or makes no sense, is unknown, and is
/// [warned about](Sampler::next_warning) once for each file. Rates need two samples. The
/// timestamps it is given must come from a clock that runs at the machine's speed, since CPU and
/// stall times are set against them.
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
    machine: MachineFiles,
    cgroups: Cgroups,
    threads: ThreadFiles,
    /// The latest sample in which everything was read.
    complete: Option<Sample>,
}

impl ProcSampler {
    /// The least time between two readings of what changes seldom. Less than the second within
    /// which a changed quota is to be seen, so that samples may be a quarter of a second apart.
    pub const SELDOM: Duration = Duration::from_millis(750);

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
            machine: MachineFiles::new(proc),
            cgroups: Cgroups::new(proc),
            threads: ThreadFiles::new(proc),
            complete: None,
        }
    }

    /// Whether it is time to read everything.
    fn is_complete_due(&self, now: Timestamp) -> bool {
        self.complete.is_none_or(|complete| now - complete.at >= Self::SELDOM)
    }
}

impl Default for ProcSampler {
    fn default() -> Self {
        Self::new()
    }
}

impl Sampler for ProcSampler {
    fn sample(&mut self, now: Timestamp) -> Sample {
        let is_complete_due = self.is_complete_due(now);
        let Self { reader, machine, cgroups, complete, .. } = self;
        let mut sample = Sample::unknown(now);
        machine.read_often(reader, &mut sample);
        if is_complete_due {
            machine.read_seldom(reader, &mut sample);
            cgroups.read_seldom(reader, &mut sample, machine.cores());
            sample.affinity_cpus = reader.source().affinity_cpus();
            *complete = Some(sample);
        } else if let Some(complete) = complete {
            sample.repeat_seldom(complete);
        }
        cgroups.read_often(reader, &mut sample, machine.cores());
        sample
    }

    fn thread_times(&mut self, thread: WorkerThread) -> Option<ThreadTimes> {
        self.threads.read(&mut self.reader, thread)
    }

    fn next_warning(&mut self) -> Option<Warning> {
        self.reader.next_warning()
    }
}
