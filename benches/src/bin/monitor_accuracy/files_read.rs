//! Which files a sample reads.

use monitor::sample::{FileSource, Machine, SourceFile};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What there may be in a path, and what it is then called.
const NAMES: [(&str, &str); 12] = [
    ("/schedstat", "workers"),
    ("/statm", "resident memory"),
    ("/proc/stat", "machine CPU"),
    ("/proc/meminfo", "memory"),
    ("/memory.stat", "cgroup memory"),
    ("/memory.max", "memory limits"),
    ("/memory.limit_in_bytes", "memory limits"),
    ("/proc/pressure/", "pressure"),
    ("/self/cgroup", "which cgroup"),
    ("/cpu.stat", "quota"),
    (".pressure", "cgroup pressure"),
    ("cpuset.", "cpuset"),
];

/// This machine, of which it is noted what is read. Clones note in the same place.
#[derive(Debug, Clone, Default)]
pub(crate) struct FilesRead(Arc<AtomicU32>);

struct NotedFile {
    file: Box<dyn SourceFile>,
    /// The bit of its name, if it has any.
    bit: u32,
    read: FilesRead,
}

impl FilesRead {
    pub(crate) fn forget(&self) {
        // ORDERING: Relaxed here and below. It is all one thread.
        self.0.store(0, Ordering::Relaxed);
    }

    /// What was read since it was last forgotten: nothing is an empty text.
    pub(crate) fn names(&self) -> String {
        let bits = self.0.load(Ordering::Relaxed);
        let names = NAMES.iter().enumerate().filter(|(index, _)| bits & (1 << index) != 0);
        names.map(|(_, (_, name))| *name).collect::<Vec<_>>().join(" + ")
    }
}

impl FileSource for FilesRead {
    fn open(&self, path: &Path) -> io::Result<Box<dyn SourceFile>> {
        let file = Machine.open(path)?;
        let name = NAMES.iter().position(|(part, _)| path.to_string_lossy().contains(part));
        let bit = name.map_or(0, |index| 1 << index);
        Ok(Box::new(NotedFile { file, bit, read: self.clone() }))
    }
}

impl SourceFile for NotedFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.read.0.fetch_or(self.bit, Ordering::Relaxed);
        self.file.read_at(buffer, offset)
    }
}
