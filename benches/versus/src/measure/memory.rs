//! This process's memory, as the kernel counts it: what the allocator wastes is included.

use std::fs;

/// Resident bytes now.
///
/// # Panics
///
/// Without /proc.
pub fn resident_bytes() -> u64 {
    status_kilobytes("VmRSS:") * 1024
}

/// The most resident bytes since [`forget_peak`].
///
/// # Panics
///
/// Without /proc.
pub fn peak_bytes() -> u64 {
    status_kilobytes("VmHWM:") * 1024
}

/// Makes [`peak_bytes`] start again from what is resident now.
///
/// # Panics
///
/// If the kernel has no /proc/self/clear_refs.
pub fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("the kernel resets the peak");
}

fn status_kilobytes(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc is mounted");
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).expect("the kernel counts this process's memory")
}
