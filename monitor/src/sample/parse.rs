//! From the text of a `/proc` file to figures.
//!
//! The formats are the `procfs` crate's business. It trusts the kernel, though, and this module
//! does not: what would make it panic, or wrap around in its arithmetic, is turned away first.

use super::reading::{CpuTicks, Memory};
use procfs::process::StatM;
use procfs::{CpuTime, FromBufRead, FromBufReadSI, FromRead, KernelStats, Meminfo};
use std::time::Duration;

/// Digits that still fit a `u64` after being multiplied by 1024.
const MOST_DIGITS_KIB: usize = 16;

/// The total of all cores, from `stat`.
pub(crate) fn cpu_ticks(stat: &str) -> Option<CpuTicks> {
    let stats = KernelStats::from_buf_read(stat.as_bytes(), procfs::current_system_info()).ok()?;
    let CpuTime { user, nice, system, idle, iowait, irq, softirq, steal, .. } = stats.total;
    // Guest time is part of user time already.
    let parts = [user, nice, system, irq?, softirq?, steal.unwrap_or(0)];
    let busy = parts.into_iter().try_fold(0_u64, u64::checked_add)?;
    let cores = u64::try_from(stats.cpu_time.len().max(1)).ok()?;
    let per_second = procfs::ticks_per_second().checked_mul(cores)?;
    Some(CpuTicks { busy, idle, io_wait: iowait?, per_second })
}

/// Total less available, and available, from `meminfo`.
pub(crate) fn memory(meminfo: &str) -> Option<Memory> {
    if !meminfo.lines().all(is_sane_meminfo_line) {
        return None;
    }
    let meminfo = Meminfo::from_buf_read(meminfo.as_bytes()).ok()?;
    let available_bytes = meminfo.mem_available?;
    let used_bytes = meminfo.mem_total.checked_sub(available_bytes)?;
    (meminfo.mem_total > 0).then_some(Memory { used_bytes, available_bytes })
}

/// Whether a line is short enough a number, and in kB where it is a size.
fn is_sane_meminfo_line(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let (name, number, unit) = (words.next(), words.next(), words.next());
    let is_size = name.is_some_and(|name| name.starts_with("Mem"));
    number.is_none_or(|number| number.len() <= MOST_DIGITS_KIB)
        && (unit == Some("kB") || (unit.is_none() && !is_size))
}

/// The resident pages in bytes, from `self/statm`.
pub(crate) fn rss_bytes(statm: &str) -> Option<u64> {
    let statm = StatM::from_read(statm.as_bytes()).ok()?;
    if statm.resident > statm.size {
        return None;
    }
    statm.resident.checked_mul(procfs::page_size())
}

/// The running total of the `some` line of a pressure file.
pub(crate) fn stalled(pressure: &str) -> Option<Duration> {
    // The `full` line is left alone: kernels before 5.13 have none for the CPU.
    let some = pressure.lines().find(|line| line.starts_with("some "))?;
    let record = procfs::parse_pressure_record(some).ok()?;
    Some(Duration::from_micros(record.total))
}
