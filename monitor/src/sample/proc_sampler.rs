//! The sampler that looks at the real machine.

use super::proc_files::{ProcFile, ProcFiles};
use super::rates::Rates;
use super::reading::{Reading, Stalled};
use super::{Sample, Sampler, cpu_clock, parse};
use primitives::Timestamp;
use std::path::PathBuf;

/// Samples the machine through `/proc` and this process through its CPU clock.
///
/// Never fails and never panics: what cannot be read, or makes no sense, is unknown. Rates need
/// two samples. The timestamps it is given must come from a clock that runs at the machine's
/// speed, since CPU and stall times are set against them.
///
/// # Examples
///
/// ```
/// use graph_runtime_monitor::{ProcSampler, Sampler};
/// use primitives::Timestamp;
///
/// let first = ProcSampler::new().sample(Timestamp::ZERO);
/// assert_eq!(first.cpu_utilization, None, "one reading makes no rate");
/// ```
#[derive(Debug)]
pub struct ProcSampler {
    files: ProcFiles,
    rates: Rates,
}

impl ProcSampler {
    /// A sampler of this machine.
    pub fn new() -> Self {
        Self::with_root("/proc")
    }

    /// A sampler that reads the files of `/proc` from another folder: a mount elsewhere, or
    /// recorded files in a test. The CPU clock is still this process's own.
    pub fn with_root(root: impl Into<PathBuf>) -> Self {
        Self { files: ProcFiles::new(root.into()), rates: Rates::default() }
    }

    /// Reads everything there is, the time-critical totals first.
    fn read(&mut self) -> Reading {
        Reading {
            process_cpu: cpu_clock::process_cpu(),
            stalled: self.stalled(),
            cpu: self.files.read(ProcFile::Stat).and_then(parse::cpu_ticks),
            memory: self.files.read(ProcFile::Meminfo).and_then(parse::memory),
            process_rss_bytes: self.files.read(ProcFile::SelfStatm).and_then(parse::rss_bytes),
        }
    }

    fn stalled(&mut self) -> Option<Stalled> {
        let mut total = |file| self.files.read(file).and_then(parse::stalled);
        Some(Stalled {
            cpu: total(ProcFile::PressureCpu)?,
            memory: total(ProcFile::PressureMemory)?,
            io: total(ProcFile::PressureIo)?,
        })
    }
}

impl Default for ProcSampler {
    fn default() -> Self {
        Self::new()
    }
}

impl Sampler for ProcSampler {
    fn sample(&mut self, now: Timestamp) -> Sample {
        let reading = self.read();
        self.rates.sample(now, reading)
    }
}
