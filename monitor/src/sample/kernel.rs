//! What the kernel says in answer to a system call.

use rustix::thread::sched_getaffinity;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// CPU time of all threads of this process since it began: the one figure that `/proc` only has in
/// ticks of 10 ms.
pub(crate) fn process_cpu() -> Option<Duration> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = Duration::from_secs(u64::try_from(time.tv_sec).ok()?);
    seconds.checked_add(Duration::from_nanos(u64::try_from(time.tv_nsec).ok()?))
}

/// How many cores the calling thread may run on. `None` on a machine with more of them than a
/// `CpuSet` has room for, which is 1024.
pub(crate) fn affinity_cpus() -> Option<u32> {
    sched_getaffinity(None).ok().map(|cpus| cpus.count()).filter(|&cpus| cpus > 0)
}
