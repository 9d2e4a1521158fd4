//! Everything that is read of this process's cgroups.

use super::bandwidth::Bandwidth;
use super::cpu_usage::CpuUsage;
use super::cpuset::Cpuset;
use super::discovery::Discovery;
use super::memory::CgroupMemory;
use crate::sample::Sample;
use crate::sample::kept_file::{Found, KeptFile, Reader};
use crate::sample::pressure::PressureFiles;
use crate::sample::process_cpu::ProcessCpuNow;
use std::path::Path;

/// The files of the cgroups that this process is in. When it is moved to another, they are looked
/// for again; only then does reading them allocate.
#[derive(Debug)]
pub(crate) struct Cgroups {
    membership: KeptFile,
    mounts: KeptFile,
    /// What the first said when the rest was looked for.
    member_of: Vec<u8>,
    files: Files,
}

#[derive(Debug, Default)]
struct Files {
    usage: Option<CpuUsage>,
    bandwidth: Option<Bandwidth>,
    cpuset: Option<Cpuset>,
    memory: Option<CgroupMemory>,
    pressure: Option<PressureFiles>,
}

impl Cgroups {
    /// Those that the files of this process in `proc` tell of.
    pub(crate) fn new(proc: &Path) -> Self {
        Self {
            membership: KeptFile::optional(proc.join("self/cgroup")),
            mounts: KeptFile::optional_records(proc.join("self/mountinfo")),
            member_of: Vec::new(),
            files: Files::default(),
        }
    }

    /// Looks for the files if this process is not where it was, which is the answer.
    pub(crate) fn follow(&mut self, reader: &mut Reader) -> bool {
        let member_of = &mut self.member_of;
        let has_moved = reader.value(&mut self.membership, |text| {
            let is_new = text != member_of.as_slice();
            if is_new {
                member_of.clear();
                member_of.extend_from_slice(text);
            }
            Some(is_new)
        });
        match has_moved {
            Found::Value(false) => return false,
            Found::Value(true) => {
                let mounts = &mut self.mounts;
                let found = reader.value(mounts, |mounts| Discovery::new(&self.member_of, mounts));
                let found = found.known();
                if found.is_none() {
                    // There may be no descriptor left just now: it looks again the next time.
                    self.member_of.clear();
                }
                self.files = found.map(|found| Files::of(&found)).unwrap_or_default();
            }
            Found::Absent | Found::Unclear => {
                self.member_of.clear();
                self.files = Files::default();
            }
        }
        true
    }

    /// Quotas, what they held back, and what was used of them.
    pub(crate) fn read_quota(
        &mut self,
        reader: &mut Reader,
        process: ProcessCpuNow,
        cores: u32,
        sample: &mut Sample,
    ) {
        let bandwidth = self.files.bandwidth.as_mut();
        let bandwidth = bandwidth.map(|it| it.read(reader, sample.at, cores));
        (sample.cpu_quota, sample.throttling) = bandwidth.unwrap_or_default();
        if let Some(usage) = &mut self.files.usage {
            usage.read(reader, process, cores);
        }
    }

    /// The cores that are busy now.
    pub(crate) fn cpu(&self, process: ProcessCpuNow, cores: u32) -> Option<f64> {
        self.files.usage.as_ref()?.estimate(process, cores)
    }

    /// Memory; where the kernel says so in the same file, its limit too.
    pub(crate) fn read_working_set(&mut self, reader: &mut Reader, sample: &mut Sample) {
        let Some(memory) = &mut self.files.memory else {
            sample.working_set_bytes = None;
            return;
        };
        sample.working_set_bytes = memory.read_working_set(reader);
        if let Some(limit) = memory.told_limit() {
            sample.memory_limit_bytes = Some(limit);
        }
    }

    /// The cores there are, and the limits on memory.
    pub(crate) fn read_limits(&mut self, reader: &mut Reader, sample: &mut Sample) {
        let Files { cpuset, memory, .. } = &mut self.files;
        sample.cpuset_cpus = cpuset.as_mut().and_then(|cpuset| cpuset.read(reader));
        sample.memory_limit_bytes = memory.as_mut().and_then(|memory| memory.limit(reader));
    }

    pub(crate) fn read_pressure(&mut self, reader: &mut Reader, sample: &mut Sample) {
        let pressure = self.files.pressure.as_mut();
        let pressure = pressure.map(|pressure| pressure.read(reader, sample.at));
        sample.cgroup_pressure = pressure.unwrap_or_default();
    }
}

impl Files {
    fn of(found: &Discovery) -> Self {
        const PRESSURE: [&str; 3] = ["cpu.pressure", "memory.pressure", "io.pressure"];
        let unified = found.unified().and_then(|branch| branch.own);
        Self {
            usage: found.branch("cpuacct").as_ref().and_then(CpuUsage::new),
            bandwidth: found.branch("cpu").as_ref().map(Bandwidth::new),
            cpuset: found.branch("cpuset").as_ref().map(Cpuset::new),
            memory: found.branch("memory").as_ref().map(CgroupMemory::new),
            pressure: unified.map(|own| PressureFiles::new(&own, PRESSURE)),
        }
    }
}
