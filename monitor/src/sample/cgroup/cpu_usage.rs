//! CPU time of all in a cgroup.

use super::discovery::{Branch, Version};
use crate::sample::kept_file::{KeptFile, Parse, Reader};
use crate::sample::parse;
use crate::sample::process_cpu::{ProcessCpuNow, WholeCpu};
use crate::sample::rates::Counter;

/// The file with the total.
#[derive(Debug)]
pub(super) struct CpuUsage {
    file: KeptFile,
    parse_ns: Parse<u64>,
    total: Counter,
    cpu: WholeCpu,
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
        Some(Self { file, parse_ns, total: Counter::default(), cpu: WholeCpu::default() })
    }

    /// Reads the total, on a machine with so many cores.
    pub(super) fn read(&mut self, reader: &mut Reader, process: ProcessCpuNow, cores: u32) {
        let total_ns = reader.value(&mut self.file, self.parse_ns).known();
        let rate = self.total.advance(process.at, total_ns).cores(cores);
        let mean = reader.judged(&mut self.file, rate);
        self.cpu.note(process, mean, cores);
    }

    /// The cores that are busy now.
    pub(super) fn estimate(&self, process: ProcessCpuNow, cores: u32) -> Option<f64> {
        self.cpu.estimate(process, cores)
    }
}
