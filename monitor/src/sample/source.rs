//! Where the kernel's files come from.

use super::kernel;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

/// The machine as a [`ProcSampler`](super::ProcSampler) sees it: [`Machine`], or a test's own.
///
/// # Examples
///
/// A machine of which nothing can be read:
///
/// ```
/// use graph_runtime_monitor::sample::{FileSource, SourceFile};
/// use graph_runtime_monitor::{ProcSampler, Sampler};
/// use primitives::Timestamp;
/// use std::io;
/// use std::path::Path;
///
/// struct Nothing;
///
/// impl FileSource for Nothing {
///     fn open(&self, _path: &Path) -> io::Result<Box<dyn SourceFile>> {
///         Err(io::ErrorKind::PermissionDenied.into())
///     }
/// }
///
/// let mut sampler = ProcSampler::with_source(Box::new(Nothing));
/// assert_eq!(sampler.sample(Timestamp::ZERO).memory_used_bytes, None);
/// assert!(sampler.next_warning().is_some());
/// ```
pub trait FileSource: Send {
    /// Opens the file at `path`, as on the machine: `/proc/stat`.
    ///
    /// # Errors
    ///
    /// Whatever stands in the way. What is merely [not there](io::ErrorKind::NotFound) is no
    /// reason for a warning, unless every machine has it.
    fn open(&self, path: &Path) -> io::Result<Box<dyn SourceFile>>;

    /// CPU time of all threads of this process since it began, or `None` if that is unknown. By
    /// default, what the kernel says.
    fn process_cpu(&self) -> Option<Duration> {
        kernel::process_cpu()
    }

    /// How many cores the calling thread may run on, or `None` if that is unknown. By default,
    /// what the kernel says.
    fn affinity_cpus(&self) -> Option<u32> {
        kernel::affinity_cpus()
    }
}

/// A file that is kept open.
pub trait SourceFile: Send {
    /// Reads from `offset` on into `buffer`, and says how many bytes; 0 at the end. As the kernel
    /// does, it hands over all that fits, but for files of many records such as
    /// `/proc/self/mountinfo`.
    ///
    /// # Errors
    ///
    /// Whatever stands in the way. The file is then opened again.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
}

/// This machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Machine;

impl FileSource for Machine {
    fn open(&self, path: &Path) -> io::Result<Box<dyn SourceFile>> {
        Ok(Box::new(File::open(path)?))
    }
}

impl SourceFile for File {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, buffer, offset)
    }
}
