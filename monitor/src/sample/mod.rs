//! One look at the machine, and who takes it.
//!
//! [`ProcSampler`] reads the kernel's files through a [`FileSource`], keeps them open and reads
//! them again from their beginning. What is read how often, and what a reading costs on a machine
//! of two cores (median, files kept open):
//!
//! | figures | file | ns | when |
//! |---|---|--:|---|
//! | CPU of the machine, I/O wait | `/proc/stat` | 2,300 | each sample |
//! | CPU of the process | its CPU clock | 500 | each sample |
//! | memory of the machine | `/proc/meminfo` | 1,700 | each sample |
//! | CPU of the cgroup | `cpu.stat` or `cpuacct.usage` | 300 | each sample |
//! | CPU and run-queue wait of workers | `/proc/self/task/*/schedstat` | 300 a worker | each sample, eight in turn |
//! | resident memory | `/proc/self/statm` | 400 | after 750 ms |
//! | pressure | `/proc/pressure/*` | 3 × 700 | after 750 ms |
//! | quotas and throttling | `cpu.max` and the like, `cpu.stat` | 700 a level | after 750 ms |
//! | memory of the cgroup, limits | `memory.stat`, `memory.max` and the like | 2,600 + 300 a level | after 750 ms |
//! | cpuset, affinity | `cpuset.cpus.effective`, a system call | 600 | after 750 ms |
//! | pressure in the cgroup | `*.pressure` | 3 × 700 | after 750 ms |
//! | which cgroup | `/proc/self/cgroup` | 1,100 | after 750 ms |
//!
//! These are figures of readings in a row, as are 9 us for a sample as a whole, with eight workers,
//! and 22 us for one that reads everything. At a sample every 100 ms the kernel's code and figures
//! have left the caches in between. Then it is 80 us and 190 us of CPU time beside a runtime that
//! is busy, which is when there are samples, and 45 us and 170 us on a machine that does nothing
//! else: a thousandth of a core. Half of that are `/proc/stat` and `/proc/meminfo`, which the
//! kernel writes out as a whole whatever part is read (`benches --bin monitor_accuracy` prints
//! all).
//!
//! Opening a file anew for each reading adds 1,100 to 1,400 ns. The `procfs` crate opens anew, and
//! its parsers allocate (strings, vectors and hash maps), so here it reads what is read once, the
//! list of mounts and the process's cgroups; the tests hold the parsers of this crate against it.

mod cgroup;
mod kept_file;
mod kernel;
mod machine;
mod parse;
mod pressure;
mod proc_sampler;
pub(crate) mod rates;
mod sample_type;
mod source;
mod thread_files;
mod warning;

pub use pressure::{Pressure, Stall};
pub use proc_sampler::ProcSampler;
pub use sample_type::{Sample, Throttling};
pub use source::{FileSource, Machine, SourceFile};
pub use thread_files::{ThreadTimes, WorkerThread};
pub use warning::{Problem, Warning};

use primitives::Timestamp;

/// Something that takes samples: [`ProcSampler`], or a test's or simulator's own.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{Sample, Sampler};
/// use primitives::Timestamp;
///
/// /// A machine that is always half busy.
/// struct HalfBusy;
///
/// impl Sampler for HalfBusy {
///     fn sample(&mut self, now: Timestamp) -> Sample {
///         Sample { cpu_utilization: Some(0.5), ..Sample::unknown(now) }
///     }
/// }
/// # assert_eq!(HalfBusy.sample(Timestamp::ZERO).cpu_utilization, Some(0.5));
/// ```
pub trait Sampler: Send {
    /// Takes a sample. `now` is never earlier than in the call before.
    fn sample(&mut self, now: Timestamp) -> Sample;

    /// What `thread`, a registered worker's, has used so far; `None`, which is the default, if
    /// that is unknown or the thread is gone.
    fn thread_times(&mut self, _thread: WorkerThread) -> Option<ThreadTimes> {
        None
    }

    /// Hands over a warning that has not been handed over yet. By default there are none.
    fn next_warning(&mut self) -> Option<Warning> {
        None
    }
}
