//! This process's memory, as the kernel accounts for it.

use std::fs;

/// Bytes of this process that are in memory now (`VmRSS`).
///
/// # Panics
///
/// Without `/proc`: these benchmarks are for Linux.
pub fn resident_bytes() -> u64 {
    status_bytes("VmRSS:")
}

/// The most bytes of this process that ever were in memory (`VmHWM`).
///
/// # Panics
///
/// Without `/proc`.
pub fn peak_bytes() -> u64 {
    status_bytes("VmHWM:")
}

fn status_bytes(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has /proc");
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.expect("the kernel states it in kB") * 1024
}
