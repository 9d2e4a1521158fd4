//! From the text of the kernel's files to figures.
//!
//! None of these allocates, and none trusts the text: a number that does not fit, a line that is
//! cut off before its end, or a word where a number should be makes the figure unknown.

mod cgroup;
mod machine;
mod process;
mod scan;

pub(crate) use cgroup::{
    CpuStat, WorkingSetStat, cpu_list, cpu_max, cpu_stat_v1, cpu_stat_v2, limit, memory_stat_v1,
    memory_stat_v2, period_us, quota_us,
};
pub(crate) use machine::{CpuTicks, cpu_ticks, memory, stalled};
pub(crate) use process::{resident_bytes, schedstat};
pub(crate) use scan::sole_number;
