//! One look at the machine, and who takes it.

mod cpu_clock;
mod parse;
mod proc_files;
mod proc_sampler;
mod rates;
mod reading;

pub use proc_sampler::ProcSampler;

use primitives::Timestamp;

/// What the machine and this process were doing, as far as it could be found out.
///
/// `None` means unknown: there is no such file here, it made no sense, a counter ran backwards,
/// or the figure is a rate and this is the first sample. Rates are means over the time since the
/// sample before.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::Sample;
/// use graph_runtime_monitor::sample::Pressure;
///
/// let sample = Sample { cpu_utilization: Some(0.25), ..Sample::default() };
/// assert_eq!(sample.pressure, None::<Pressure>, "not measured, which is not the same as none");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// When it was taken.
    pub at: Timestamp,
    /// The share of the machine's CPU time that was not idle, 0 to 1. Time a hypervisor gave to
    /// others counts as busy, since nobody here could have used it; waiting for I/O counts as
    /// idle.
    pub cpu_utilization: Option<f64>,
    /// The cores this process kept busy: 1.5 is one and a half.
    pub process_cpu: Option<f64>,
    /// The machine's memory that programs could not be given without swapping: all of it less
    /// [`memory_available_bytes`](Self::memory_available_bytes).
    pub memory_used_bytes: Option<u64>,
    /// The kernel's estimate of the memory that programs could be given without swapping.
    pub memory_available_bytes: Option<u64>,
    /// The memory of this process that is resident.
    pub process_rss_bytes: Option<u64>,
    /// The share of the machine's CPU time that was idle with a disk request outstanding, 0 to 1.
    pub io_wait: Option<f64>,
    /// How much work stood still for want of a resource.
    pub pressure: Option<Pressure>,
}

/// Pressure stall information: for each resource, the share of the time since the sample before,
/// 0 to 1, in which *some* task stood still for want of it.
///
/// The shares are differences of the kernel's running totals, not its 10-second averages, which
/// come too late to steer by.
///
/// Source: the Linux kernel's documentation, `accounting/psi.rst`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pressure {
    /// A runnable task waited for a core.
    pub cpu: f64,
    /// A task waited for memory to be reclaimed or read back.
    pub memory: f64,
    /// A task waited for a disk.
    pub io: f64,
}

impl Sample {
    /// A sample in which everything is unknown.
    pub fn unknown(at: Timestamp) -> Self {
        Self { at, ..Self::default() }
    }
}

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
}
