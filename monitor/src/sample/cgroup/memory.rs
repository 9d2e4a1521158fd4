//! The memory of a cgroup, and its limits.

use super::discovery::{Branch, Version};
use super::least::Least;
use crate::sample::kept_file::{Found, KeptFile, Parse, Reader};
use crate::sample::parse::{self, WorkingSetStat};

/// The files of a branch.
#[derive(Debug)]
pub(super) struct CgroupMemory {
    own: Option<Own>,
    /// What came of reading its statistics.
    stat: Found<WorkingSetStat>,
    levels: Vec<Level>,
}

/// What the process's own cgroup uses.
#[derive(Debug)]
struct Own {
    usage: KeptFile,
    stat: KeptFile,
    parse_stat: Parse<WorkingSetStat>,
}

/// The limits of one cgroup.
#[derive(Debug)]
struct Level {
    max: KeptFile,
    /// Version 2 only: what throttles before anything is killed.
    high: Option<KeptFile>,
}

impl CgroupMemory {
    /// `branch` is that of `memory`.
    pub(super) fn new(branch: &Branch) -> Self {
        let own = branch.own.as_ref().map(|own| {
            let (usage, parse_stat): (_, Parse<WorkingSetStat>) = match branch.version {
                Version::One => ("memory.usage_in_bytes", parse::memory_stat_v1),
                Version::Two => ("memory.current", parse::memory_stat_v2),
            };
            let file = |name| KeptFile::optional(own.join(name));
            Own { usage: file(usage), stat: file("memory.stat"), parse_stat }
        });
        let levels = branch.levels.iter().map(|level| {
            let file = |name| KeptFile::optional(level.join(name));
            match branch.version {
                Version::One => Level { max: file("memory.limit_in_bytes"), high: None },
                Version::Two => Level { max: file("memory.max"), high: Some(file("memory.high")) },
            }
        });
        Self { own, stat: Found::Absent, levels: levels.collect() }
    }

    /// The working set, in bytes.
    pub(super) fn read_working_set(&mut self, reader: &mut Reader) -> Option<u64> {
        let own = self.own.as_mut()?;
        let usage = reader.value(&mut own.usage, parse::sole_number);
        self.stat = reader.value(&mut own.stat, own.parse_stat);
        // Both are counted per core and added up in batches, so that what is a part can seem
        // larger than the whole.
        let working_set = usage.known().zip(self.stat.known());
        working_set.map(|(usage, stat)| usage.saturating_sub(stat.inactive_file_bytes))
    }

    /// The least limit, in bytes, if it was told with the working set: then it is that of all
    /// levels, seen or not.
    pub(super) fn told_limit(&self) -> Option<u64> {
        self.stat.known()?.limit_bytes
    }

    /// The least limit, in bytes. Reads nothing if it was told with the working set.
    pub(super) fn limit(&mut self, reader: &mut Reader) -> Option<u64> {
        if let Some(limit) = self.told_limit() {
            return Some(limit);
        }
        let mut least = Least::new(u64::MAX);
        for (index, level) in self.levels.iter_mut().enumerate() {
            let max = reader.value(&mut level.max, parse::limit);
            // The root of the hierarchy counts without limiting, and so does a cgroup without the
            // controller.
            let is_seen = index > 0 || self.stat != Found::Absent;
            least.add(if max == Found::Absent && is_seen { Found::Value(u64::MAX) } else { max });
            if let Some(high) = &mut level.high
                && let high @ (Found::Value(_) | Found::Unclear) = reader.value(high, parse::limit)
            {
                least.add(high);
            }
        }
        least.known()
    }
}
