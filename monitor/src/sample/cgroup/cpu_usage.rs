//! CPU time of all in a cgroup.

use super::discovery::{Branch, Version};
use crate::sample::kept_file::{KeptFile, Parse, Reader};
use crate::sample::parse;
use crate::sample::rates::Counter;
use primitives::Timestamp;

/// The file with the total.
#[derive(Debug)]
pub(super) struct CpuUsage {
    file: KeptFile,
    parse_ns: Parse<u64>,
    total: Counter,
}

impl CpuUsage {
    /// Of the process's own cgroup, if it can be seen: `branch` is that of `cpuacct`.
    pub(super) fn new(branch: &Branch) -> Option<Self> {
        let own = branch.own.as_ref()?;
        let (name, parse_ns): (_, Parse<u64>) = match branch.version {
            Version::One => ("cpuacct.usage", parse::sole_number),
            Version::Two => ("cpu.stat", |text| parse::cpu_stat_v2(text)?.usage_ns),
        };
        let file = KeptFile::optional(own.join(name));
        Some(Self { file, parse_ns, total: Counter::default() })
    }

    /// In cores, of which there are `cores`.
    pub(super) fn read(&mut self, reader: &mut Reader, now: Timestamp, cores: u32) -> Option<f64> {
        let total_ns = reader.value(&mut self.file, self.parse_ns).known();
        let rate = self.total.advance(now, total_ns).cores(cores);
        reader.judged(&mut self.file, rate)
    }
}
