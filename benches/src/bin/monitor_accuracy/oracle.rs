//! The same figures from elsewhere: running totals.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use procfs::process::Process;
use procfs::{CurrentSI, KernelStats};
use std::fs;
use std::path::PathBuf;

/// Totals at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Totals {
    /// CPU time of this process, by `getrusage`.
    pub(crate) process_seconds: f64,
    /// CPU time of this process's cgroup, by the raw file, if there is one.
    pub(crate) cgroup_seconds: Option<f64>,
    /// Ticks of all cores since boot, by `/proc/stat`: those not idle, and all.
    pub(crate) busy_ticks: f64,
    pub(crate) all_ticks: f64,
}

/// Where the totals come from.
#[derive(Debug)]
pub(crate) struct Oracle {
    cgroup: Option<CgroupFile>,
}

#[derive(Debug)]
enum CgroupFile {
    V1(PathBuf),
    V2(PathBuf),
}

impl Oracle {
    pub(crate) fn new() -> Self {
        Self { cgroup: cgroup_file() }
    }

    pub(crate) fn totals(&self) -> Totals {
        let usage = getrusage(UsageWho::RUSAGE_SELF).expect("it is about this process");
        let process = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        let cpu = KernelStats::current().expect("Linux has /proc/stat").total;
        let more = [cpu.irq, cpu.softirq, cpu.steal].into_iter().flatten().sum::<u64>();
        let busy = cpu.user + cpu.nice + cpu.system + more;
        let all = busy + cpu.idle + cpu.iowait.unwrap_or(0);
        Totals {
            process_seconds: process as f64 / 1e6,
            cgroup_seconds: self.cgroup.as_ref().and_then(CgroupFile::seconds),
            busy_ticks: busy as f64,
            all_ticks: all as f64,
        }
    }
}

impl CgroupFile {
    fn seconds(&self) -> Option<f64> {
        match self {
            Self::V1(path) => {
                Some(fs::read_to_string(path).ok()?.trim().parse::<f64>().ok()? / 1e9)
            }
            Self::V2(path) => {
                let text = fs::read_to_string(path).ok()?;
                let usage = text.lines().find_map(|line| line.strip_prefix("usage_usec "))?;
                Some(usage.parse::<f64>().ok()? / 1e6)
            }
        }
    }
}

/// The file with the CPU time of this process's cgroup, in the plain case that its hierarchy is
/// mounted as a whole.
fn cgroup_file() -> Option<CgroupFile> {
    let me = Process::myself().ok()?;
    let (cgroups, mounts) = (me.cgroups().ok()?, me.mountinfo().ok()?);
    let v1 = cgroups.0.iter().find(|it| it.controllers.iter().any(|name| name == "cpuacct"));
    let cgroup = v1.or_else(|| cgroups.0.iter().find(|it| it.controllers.is_empty()))?;
    let mount = mounts.iter().find(|mount| match v1 {
        Some(_) => mount.fs_type == "cgroup" && mount.super_options.contains_key("cpuacct"),
        None => mount.fs_type == "cgroup2",
    })?;
    let own = mount.mount_point.join(cgroup.pathname.strip_prefix(&mount.root)?.trim_matches('/'));
    Some(match v1 {
        Some(_) => CgroupFile::V1(own.join("cpuacct.usage")),
        None => CgroupFile::V2(own.join("cpu.stat")),
    })
}
