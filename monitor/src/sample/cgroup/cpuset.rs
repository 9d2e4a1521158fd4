//! The cores that a cgroup may use.

use super::discovery::{Branch, Version};
use crate::sample::kept_file::{Found, KeptFile, Reader};
use crate::sample::parse;

/// The files that say so, of the process's own cgroup and, in case it has none, those above it.
#[derive(Debug)]
pub(super) struct Cpuset {
    levels: Vec<KeptFile>,
}

impl Cpuset {
    /// `branch` is that of `cpuset`.
    pub(super) fn new(branch: &Branch) -> Self {
        let name = match branch.version {
            Version::One => "cpuset.effective_cpus",
            Version::Two => "cpuset.cpus.effective",
        };
        let levels = branch.levels.iter().map(|level| KeptFile::optional(level.join(name)));
        Self { levels: levels.collect() }
    }

    /// The number of cores. What is effective in a cgroup takes those above it into account.
    pub(super) fn read(&mut self, reader: &mut Reader) -> Option<u32> {
        let mut found = self.levels.iter_mut().map(|file| reader.value(file, parse::cpu_list));
        found.find(|cores| *cores != Found::Absent)?.known()
    }
}
