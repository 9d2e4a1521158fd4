//! What pressure stall information says.

use super::kept_file::{KeptFile, Reader};
use super::parse;
use super::rates::Counter;
use primitives::Timestamp;
use std::path::Path;

/// Pressure stall information: how much work stood still for want of each resource.
///
/// The shares are differences of the kernel's running totals, not its 10-second averages, which
/// come too late to steer by.
///
/// Source: the Linux kernel's documentation, `accounting/psi.rst`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pressure {
    /// Runnable threads waited for a core.
    pub cpu: Option<Stall>,
    /// Threads waited for memory to be reclaimed or read back.
    pub memory: Option<Stall>,
    /// Threads waited for a disk.
    pub io: Option<Stall>,
}

/// How much of the time since the reading before threads stood still, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stall {
    /// *Some* thread did.
    pub some: f64,
    /// *All* that had anything to do did. `None` where the kernel does not say.
    pub full: Option<f64>,
}

/// The three files of the machine, or of a cgroup.
#[derive(Debug)]
pub(crate) struct PressureFiles {
    cpu: StallFile,
    memory: StallFile,
    io: StallFile,
}

#[derive(Debug)]
struct StallFile {
    file: KeptFile,
    some: Counter,
    full: Counter,
}

impl PressureFiles {
    /// `names` are those of the files for CPU, memory and I/O in `folder`.
    pub(crate) fn new(folder: &Path, names: [&str; 3]) -> Self {
        let [cpu, memory, io] = names.map(|name| StallFile {
            file: KeptFile::optional(folder.join(name)),
            some: Counter::default(),
            full: Counter::default(),
        });
        Self { cpu, memory, io }
    }

    pub(crate) fn read(&mut self, reader: &mut Reader, now: Timestamp) -> Pressure {
        Pressure {
            cpu: self.cpu.read(reader, now),
            memory: self.memory.read(reader, now),
            io: self.io.read(reader, now),
        }
    }
}

impl StallFile {
    fn read(&mut self, reader: &mut Reader, now: Timestamp) -> Option<Stall> {
        let totals = reader.value(&mut self.file, parse::stalled).known();
        let some = self.some.advance(now, totals.map(|totals| totals.some_ns)).share();
        let full = self.full.advance(now, totals.and_then(|totals| totals.full_ns)).share();
        let some = reader.judged(&mut self.file, some)?;
        let full = reader.judged(&mut self.file, full);
        Some(Stall { some, full })
    }
}
