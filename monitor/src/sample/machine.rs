//! The files about the whole machine, and this process.

use super::Sample;
use super::kept_file::{KeptFile, Reader};
use super::parse::{self, CpuTicks};
use super::process_cpu::{ProcessCpuNow, WholeCpu};
use super::rates::{self, Rate};
use primitives::Timestamp;
use std::path::Path;
use std::time::Duration;

/// More cores than Linux can be built for.
const CORES_MAX: u32 = 1 << 16;

/// CPU of the machine.
#[derive(Debug)]
pub(super) struct MachineCpu {
    stat: KeptFile,
    ticks: Option<(Timestamp, CpuTicks)>,
    ticks_per_second: u64,
    cpu: WholeCpu,
}

/// Memory of the machine.
#[derive(Debug)]
pub(super) struct MachineMemory {
    meminfo: KeptFile,
}

/// Memory of this process.
#[derive(Debug)]
pub(super) struct ResidentMemory {
    statm: KeptFile,
    page_bytes: u64,
}

impl MachineCpu {
    /// From the file in `proc`.
    pub(super) fn new(proc: &Path) -> Self {
        Self {
            stat: KeptFile::required(proc.join("stat")),
            ticks: None,
            ticks_per_second: procfs::ticks_per_second(),
            cpu: WholeCpu::default(),
        }
    }

    /// The cores that the machine has, or the most it can have.
    pub(super) fn cores(&self) -> u32 {
        self.ticks.map_or(CORES_MAX, |(_, ticks)| ticks.cores)
    }

    /// Reads the totals of all processes.
    pub(super) fn read(
        &mut self,
        reader: &mut Reader,
        process: ProcessCpuNow,
        sample: &mut Sample,
    ) {
        let now = reader.value(&mut self.stat, parse::cpu_ticks).known();
        let now = now.map(|ticks| (sample.at, ticks));
        let before = std::mem::replace(&mut self.ticks, now);
        let (busy, io_wait) = match before.zip(now) {
            Some(((then, before), (at, now))) => {
                shares(before, now, at - then, self.ticks_per_second)
            }
            None => (Rate::Unknown, Rate::Unknown),
        };
        let cores = self.cores();
        let busy = reader.judged(&mut self.stat, busy).map(|share| share * f64::from(cores));
        self.cpu.note(process, busy, cores);
        sample.io_wait = reader.judged(&mut self.stat, io_wait);
    }

    /// The share of the machine's CPU time that is not idle now.
    pub(super) fn utilization(&self, process: ProcessCpuNow) -> Option<f64> {
        let cores = self.cores();
        Some(self.cpu.estimate(process, cores)? / f64::from(cores))
    }
}

impl MachineMemory {
    /// From the file in `proc`.
    pub(super) fn new(proc: &Path) -> Self {
        Self { meminfo: KeptFile::required(proc.join("meminfo")) }
    }

    /// What is used and what is available: into `sample`.
    pub(super) fn read(&mut self, reader: &mut Reader, sample: &mut Sample) {
        let memory = reader.value(&mut self.meminfo, parse::memory).known();
        sample.memory_used_bytes = memory.map(|memory| memory.used_bytes);
        sample.memory_available_bytes = memory.map(|memory| memory.available_bytes);
    }
}

impl ResidentMemory {
    /// From the file in `proc`.
    pub(super) fn new(proc: &Path) -> Self {
        let statm = KeptFile::required(proc.join("self/statm"));
        Self { statm, page_bytes: procfs::page_size() }
    }

    /// In bytes.
    pub(super) fn read(&mut self, reader: &mut Reader) -> Option<u64> {
        let page_bytes = self.page_bytes;
        let resident = |text: &[u8]| parse::resident_bytes(text, page_bytes);
        reader.value(&mut self.statm, resident).known()
    }
}

/// The busy and the I/O wait share of the ticks that passed, if the counters moved forward, any
/// tick passed, and no more than could have.
fn shares(before: CpuTicks, now: CpuTicks, elapsed: Duration, per_second: u64) -> (Rate, Rate) {
    let busy = now.busy.checked_sub(before.busy);
    let idle = now.idle.checked_sub(before.idle);
    let Some((busy, idle)) = busy.zip(idle) else { return (Rate::Unknown, Rate::Unknown) };
    let total = busy as f64 + idle as f64;
    let most = rates::most_seconds(elapsed) * per_second as f64 * f64::from(now.cores);
    if total == 0.0 {
        (Rate::Unknown, Rate::Unknown)
    } else if total > most {
        (Rate::Implausible, Rate::Implausible)
    } else {
        // The kernel's documentation warns that this one does decrease at times; then it may also
        // have been taken for more than all of the idle time.
        let io_wait = now.io_wait.checked_sub(before.io_wait).filter(|&ticks| ticks <= idle);
        let io_wait = io_wait.map_or(Rate::Unknown, |ticks| Rate::Known(ticks as f64 / total));
        (Rate::Known(busy as f64 / total), io_wait)
    }
}
