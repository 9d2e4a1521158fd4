//! CPU quotas, and what they hold back.

use super::discovery::{Branch, Version};
use super::least::Least;
use crate::sample::Throttling;
use crate::sample::kept_file::{Found, KeptFile, Parse, Reader};
use crate::sample::parse::{self, CpuStat};
use crate::sample::rates::Counter;
use primitives::Timestamp;
use std::path::Path;

/// The quotas of a branch.
#[derive(Debug)]
pub(super) struct Bandwidth {
    levels: Vec<Level>,
}

/// The quota of one cgroup.
#[derive(Debug)]
struct Level {
    quota: QuotaFiles,
    stat: KeptFile,
    parse_stat: Parse<CpuStat>,
    periods: Counter,
    time: Counter,
}

#[derive(Debug)]
enum QuotaFiles {
    One { quota: KeptFile, period: KeptFile },
    Two { max: KeptFile },
}

impl Bandwidth {
    /// `branch` is that of `cpu`.
    pub(super) fn new(branch: &Branch) -> Self {
        Self { levels: branch.levels.iter().map(|it| Level::new(branch.version, it)).collect() }
    }

    /// The least quota in cores, and what all of them held back of `cores`.
    pub(super) fn read(
        &mut self,
        reader: &mut Reader,
        now: Timestamp,
        cores: u32,
    ) -> (Option<f64>, Option<Throttling>) {
        let mut least = Least::new(f64::INFINITY);
        let (mut sum, mut is_clear) = (None, true);
        for level in &mut self.levels {
            let stat = reader.value(&mut level.stat, level.parse_stat);
            let quota = match level.quota.read(reader) {
                // The cgroup is there, but without the controller.
                Found::Absent if stat != Found::Absent => Found::Value(f64::INFINITY),
                quota => quota,
            };
            least.add(quota);
            match level.throttling(reader, now, cores, stat) {
                Found::Value(here) => sum = Some(here.and(sum)),
                Found::Absent => {}
                Found::Unclear => is_clear = false,
            }
        }
        (least.known(), sum.filter(|_| is_clear))
    }
}

impl Level {
    fn new(version: Version, folder: &Path) -> Self {
        let file = |name| KeptFile::optional(folder.join(name));
        let (quota, parse_stat): (_, Parse<CpuStat>) = match version {
            Version::One => {
                let (quota, period) = (file("cpu.cfs_quota_us"), file("cpu.cfs_period_us"));
                (QuotaFiles::One { quota, period }, parse::cpu_stat_v1)
            }
            Version::Two => (QuotaFiles::Two { max: file("cpu.max") }, parse::cpu_stat_v2),
        };
        let (periods, time) = (Counter::default(), Counter::default());
        Self { quota, stat: file("cpu.stat"), parse_stat, periods, time }
    }

    /// What the quota of this cgroup held back; absent if it has never had any.
    fn throttling(
        &mut self,
        reader: &mut Reader,
        now: Timestamp,
        cores: u32,
        stat: Found<CpuStat>,
    ) -> Found<Throttling> {
        let totals = stat.known();
        let periods = self.periods.advance(now, totals.and_then(|it| it.throttled_periods));
        let time = self.time.advance(now, totals.and_then(|it| it.throttled_ns)).cores(cores);
        match stat {
            Found::Value(CpuStat { throttled_periods: Some(_), .. }) => {
                let cores = reader.judged(&mut self.stat, time);
                let grown = periods.by().zip(cores);
                grown.map_or(Found::Unclear, |(periods, cores)| {
                    Found::Value(Throttling { periods, cores })
                })
            }
            Found::Value(_) | Found::Absent => Found::Absent,
            Found::Unclear => Found::Unclear,
        }
    }
}

impl QuotaFiles {
    /// In cores, infinite for none.
    fn read(&mut self, reader: &mut Reader) -> Found<f64> {
        match self {
            Self::Two { max } => reader.value(max, parse::cpu_max),
            Self::One { quota, period } => match reader.value(quota, parse::quota_us) {
                Found::Value(f64::INFINITY) => Found::Value(f64::INFINITY),
                Found::Value(quota) => match reader.value(period, parse::period_us) {
                    Found::Value(period) => Found::Value(quota / period),
                    Found::Absent | Found::Unclear => Found::Unclear,
                },
                other => other,
            },
        }
    }
}

impl Throttling {
    fn and(self, other: Option<Self>) -> Self {
        let Some(other) = other else { return self };
        Self {
            periods: self.periods.saturating_add(other.periods),
            cores: self.cores + other.cores,
        }
    }
}
