//! The running totals and levels at one moment, before any difference is taken.

use std::time::Duration;

/// Everything that was read at one moment. A new source of figures is a new field here, a rule in
/// [`Rates`](super::rates::Rates) if it is a total, and a line in whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Reading {
    pub(crate) cpu: Option<CpuTicks>,
    /// CPU time of this process, all threads, since it began.
    pub(crate) process_cpu: Option<Duration>,
    pub(crate) memory: Option<Memory>,
    pub(crate) process_rss_bytes: Option<u64>,
    pub(crate) stalled: Option<Stalled>,
}

/// Ticks of the machine's CPU time since boot, all cores together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CpuTicks {
    /// In user space, the kernel, interrupts, or taken by the hypervisor.
    pub(crate) busy: u64,
    /// Nothing to do.
    pub(crate) idle: u64,
    /// Nothing to do, with a disk request outstanding.
    pub(crate) io_wait: u64,
    /// How many ticks a second has, all cores together.
    pub(crate) per_second: u64,
}

/// The machine's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) used_bytes: u64,
    pub(crate) available_bytes: u64,
}

/// Time since boot in which some task stood still for want of each resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stalled {
    pub(crate) cpu: Duration,
    pub(crate) memory: Duration,
    pub(crate) io: Duration,
}
