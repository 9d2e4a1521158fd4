//! CPU of this process, which is known at once, as a part of what is known seldom.

use super::rates::Counter;
use super::source::FileSource;
use primitives::Timestamp;

/// The CPU clock of this process.
#[derive(Debug, Default)]
pub(super) struct ProcessCpu {
    total: Counter,
}

/// What it says for one sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProcessCpuNow {
    pub(crate) at: Timestamp,
    total_ns: Option<u64>,
    /// The cores that were busy since the sample before.
    pub(super) cores: Option<f64>,
}

/// CPU of something that this process is a part of: it, and what others use, who are taken to go on
/// as they did between the last two readings.
#[derive(Debug, Default)]
pub(crate) struct WholeCpu {
    /// That of the process, as of the readings.
    own: Counter,
    /// The cores that the whole and, of those, the process kept busy between the last two readings.
    mean: Option<(f64, Option<f64>)>,
}

impl ProcessCpu {
    /// As of `at`, on a machine with so many cores.
    pub(super) fn read(
        &mut self,
        source: &dyn FileSource,
        at: Timestamp,
        cores: u32,
    ) -> ProcessCpuNow {
        let total_ns = source.process_cpu().and_then(|time| u64::try_from(time.as_nanos()).ok());
        // It comes from no file that could be warned about.
        let cores = self.total.advance(at, total_ns).cores(cores).known();
        ProcessCpuNow { at, total_ns, cores }
    }
}

impl WholeCpu {
    /// The whole has been read, and kept so many `cores` of `most` busy since the reading before.
    pub(crate) fn note(&mut self, process: ProcessCpuNow, cores: Option<f64>, most: u32) {
        let own = self.own.advance(process.at, process.total_ns).cores(most).known();
        self.mean = cores.map(|cores| (cores, own));
    }

    /// The cores of `most` that the whole keeps busy now; if it is not known how many of them this
    /// process does, those of the last reading.
    pub(crate) fn estimate(&self, process: ProcessCpuNow, most: u32) -> Option<f64> {
        let (mean, own) = self.mean?;
        // Nothing at all if the process was last looked at for that reading.
        let change = process.cores.zip(own).map_or(0.0, |(now, mean)| now - mean);
        Some((mean + change).clamp(0.0, f64::from(most)))
    }
}
