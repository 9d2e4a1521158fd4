//! Reading the text of the files under `/proc`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// The most that is read of one file. The longest is `stat`, whose interrupt line grows with the
/// machine and stays below 100 KiB on large ones; a file longer than this is not what it claims.
const LONGEST_FILE_BYTES: u64 = 4 << 20;

/// A file that the sampler reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProcFile {
    Stat,
    Meminfo,
    SelfStatm,
    PressureCpu,
    PressureMemory,
    PressureIo,
}

impl ProcFile {
    /// Where it lies under the root.
    fn path(self) -> &'static str {
        match self {
            Self::Stat => "stat",
            Self::Meminfo => "meminfo",
            Self::SelfStatm => "self/statm",
            Self::PressureCpu => "pressure/cpu",
            Self::PressureMemory => "pressure/memory",
            Self::PressureIo => "pressure/io",
        }
    }
}

/// The files under one root, read into one buffer that is kept.
#[derive(Debug)]
pub(crate) struct ProcFiles {
    root: PathBuf,
    text: Vec<u8>,
}

impl ProcFiles {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, text: Vec::new() }
    }

    /// The whole text of `file`. `None` if it cannot be read, is too long, or is not ASCII, which
    /// everything the kernel writes here is.
    pub(crate) fn read(&mut self, file: ProcFile) -> Option<&str> {
        self.text.clear();
        let mut limited = File::open(self.root.join(file.path())).ok()?.take(LONGEST_FILE_BYTES);
        let length = limited.read_to_end(&mut self.text).ok()?;
        if length as u64 == LONGEST_FILE_BYTES || !self.text.is_ascii() {
            return None;
        }
        std::str::from_utf8(&self.text).ok()
    }
}
