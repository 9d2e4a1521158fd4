//! One look at the machine, and who takes it.
//!
//! [`ProcSampler`] reads the kernel's files through a [`FileSource`], keeps them open and reads
//! them again from their beginning. A sample of its own only has the CPU time of the process; the
//! files take turns, in groups, each about every [`SELDOM`](ProcSampler::SELDOM). What a reading
//! costs on a machine of two cores, in microseconds (medians, files kept open): alone in a row, and
//! as part of one sample every 100 ms beside a busy runtime, all of it, when the kernel's code and
//! figures have left the caches:
//!
//! | figures | file | in a row | sample |
//! |---|---|--:|--:|
//! | CPU of the process | its CPU clock | 0.2 | 6 |
//! | CPU of the machine, I/O wait | `/proc/stat` | 2.3 | 35 |
//! | quotas, throttling, CPU of the cgroup | `cpu.max` and the like, `cpu.stat`, `cpuacct.usage` | 0.7 a level, 0.3 | 37 |
//! | memory of the machine | `/proc/meminfo` | 1.7 | 36 |
//! | memory of the cgroup; with version 1, limits | `memory.stat`, `memory.current` | 2.6, 0.2 | 41 |
//! | limits, cores, resident memory, affinity | `memory.max` and the like, `cpuset.cpus.effective`, `/proc/self/statm`, a system call | 0.3 a level, 0.3, 0.4 | 33 |
//! | which cgroup | `/proc/self/cgroup` | 1.4 | 32 |
//! | pressure, every other turn | `/proc/pressure/*` | 3 × 0.7 | 28 |
//! | pressure of the cgroup, every other turn | `*.pressure` | 3 × 0.7 | 33 |
//! | CPU and run-queue wait of workers | `/proc/self/task/*/schedstat` | 0.3 a worker | 32 with eight |
//!
//! It is the first file that costs, 15 to 20 us whichever it is: all at once would cost less in
//! total, 190 us, and one group less at a time. With eight workers it comes to 210 to 390 us a
//! second, as the hour is: less than a twentieth of a per cent of a core. While memory is
//! [wanted](Sampler::expect_memory), it is read for each sample, and all comes to 560 us at most
//! (`benches --bin monitor_accuracy` prints it).
//!
//! Between two readings, CPU of the machine and of the cgroup is estimated: what this process uses
//! now, and what others used between the last two.
//!
//! Opening a file anew for each reading adds 1,100 to 1,400 ns. The `procfs` crate opens anew, and
//! its parsers allocate (strings, vectors and hash maps), so here it reads what is read once, the
//! list of mounts and the process's cgroups; the tests hold the parsers of this crate against it.

mod cgroup;
mod kept_file;
mod kernel;
mod machine;
pub(crate) mod pace;
mod parse;
mod pressure;
mod proc_sampler;
mod process_cpu;
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

    /// Has memory read for the next sample, if that is not so for each. By default nothing happens.
    fn expect_memory(&mut self) {}

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
