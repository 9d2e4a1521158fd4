//! The files about the whole machine, and the process.

use super::Sample;
use super::kept_file::{KeptFile, Reader};
use super::parse::{self, CpuTicks};
use super::pressure::PressureFiles;
use super::rates::{self, Counter, Rate};
use primitives::Timestamp;
use std::path::Path;
use std::time::Duration;

/// More cores than Linux can be built for.
const CORES_MAX: u32 = 1 << 16;

/// What is read for each sample.
#[derive(Debug)]
pub(super) struct MachineFiles {
    stat: KeptFile,
    ticks: Option<(Timestamp, CpuTicks)>,
    ticks_per_second: u64,
    meminfo: KeptFile,
    statm: KeptFile,
    page_bytes: u64,
    pressure: PressureFiles,
    process_cpu: Counter,
}

impl MachineFiles {
    /// Those in `proc`.
    pub(super) fn new(proc: &Path) -> Self {
        Self {
            stat: KeptFile::required(proc.join("stat")),
            ticks: None,
            ticks_per_second: procfs::ticks_per_second(),
            meminfo: KeptFile::required(proc.join("meminfo")),
            statm: KeptFile::required(proc.join("self/statm")),
            page_bytes: procfs::page_size(),
            pressure: PressureFiles::new(&proc.join("pressure"), ["cpu", "memory", "io"]),
            process_cpu: Counter::default(),
        }
    }

    /// The cores that the machine has, or the most it can have.
    pub(super) fn cores(&self) -> u32 {
        self.ticks.map_or(CORES_MAX, |(_, ticks)| ticks.cores)
    }

    /// What changes fast, the time-critical totals first: into `sample`.
    pub(super) fn read_often(&mut self, reader: &mut Reader, sample: &mut Sample) {
        let process_cpu = reader.source().process_cpu();
        let process_cpu = process_cpu.and_then(|time| u64::try_from(time.as_nanos()).ok());
        self.read_ticks(reader, sample);
        let process_cpu = self.process_cpu.advance(sample.at, process_cpu).cores(self.cores());
        // It comes from no file that could be warned about.
        sample.process_cpu = match process_cpu {
            Rate::Known(cores) => Some(cores),
            Rate::Unknown | Rate::Implausible => None,
        };
        let memory = reader.value(&mut self.meminfo, parse::memory).known();
        sample.memory_used_bytes = memory.map(|memory| memory.used_bytes);
        sample.memory_available_bytes = memory.map(|memory| memory.available_bytes);
    }

    /// Everything else: into `sample`.
    pub(super) fn read_seldom(&mut self, reader: &mut Reader, sample: &mut Sample) {
        sample.pressure = self.pressure.read(reader, sample.at);
        let page_bytes = self.page_bytes;
        let resident = |text: &[u8]| parse::resident_bytes(text, page_bytes);
        sample.process_rss_bytes = reader.value(&mut self.statm, resident).known();
    }

    fn read_ticks(&mut self, reader: &mut Reader, sample: &mut Sample) {
        let now = reader.value(&mut self.stat, parse::cpu_ticks).known();
        let now = now.map(|ticks| (sample.at, ticks));
        let before = std::mem::replace(&mut self.ticks, now);
        let Some(((then, before), (at, now))) = before.zip(now) else { return };
        let (busy, io_wait) = shares(before, now, at - then, self.ticks_per_second);
        sample.cpu_utilization = reader.judged(&mut self.stat, busy);
        sample.io_wait = reader.judged(&mut self.stat, io_wait);
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
