//! Files that stay open between readings.

use super::rates::Rate;
use super::source::{FileSource, SourceFile};
use super::warning::{Problem, Warning};
use rustix::io::Errno;
use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Room for all but the longest files.
const BUFFER_BYTES: usize = 8 << 10;
/// The most that is read of one file. The longest is `/proc/stat`, whose interrupt line grows with
/// the machine and stays below 100 KiB on large ones; a file longer than this is not what it
/// claims.
const LONGEST_FILE_BYTES: usize = 4 << 20;
/// The most warnings that wait to be taken. What comes then is dropped: nobody takes them.
const WARNINGS_MAX: usize = 64;

/// The most files that there are warnings about. Whoever moves from cgroup to cgroup meets new ones
/// without end.
const WARNED_MAX: usize = 1024;

/// Makes a figure of the text of a file.
pub(crate) type Parse<T> = fn(&[u8]) -> Option<T>;

/// A file, open if it could be opened.
pub(crate) struct KeptFile {
    path: PathBuf,
    handle: Handle,
    kind: Kind,
    /// Whether the kernel may hand it over in several pieces.
    has_records: bool,
    /// There is nothing more to say about it.
    is_warned_about: bool,
}

enum Handle {
    Closed,
    Open(Box<dyn SourceFile>),
    /// For good.
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Every machine has it: there is a warning if it is not there.
    Required,
    /// It need not be there, and may go and come back.
    Optional,
    /// Once it is gone, what comes back by its name is something else.
    Once,
}

/// What came of reading a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<T> {
    Value(T),
    /// There is no such file here.
    Absent,
    /// There is one, and it cannot be made out.
    Unclear,
}

impl<T> Found<T> {
    pub(crate) fn known(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Unclear => None,
        }
    }
}

impl KeptFile {
    /// A file that every machine has.
    pub(crate) fn required(path: PathBuf) -> Self {
        Self::new(path, Kind::Required)
    }

    /// A file that need not be there, and may go and come back.
    pub(crate) fn optional(path: PathBuf) -> Self {
        Self::new(path, Kind::Optional)
    }

    /// A file that is never opened a second time.
    pub(crate) fn once(path: PathBuf) -> Self {
        Self::new(path, Kind::Once)
    }

    /// A file that need not be there, and that comes record by record.
    pub(crate) fn optional_records(path: PathBuf) -> Self {
        Self { has_records: true, ..Self::optional(path) }
    }

    fn new(path: PathBuf, kind: Kind) -> Self {
        Self { path, handle: Handle::Closed, kind, has_records: false, is_warned_about: false }
    }
}

impl fmt::Debug for KeptFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Reads kept files into one buffer, and collects warnings about them.
pub(crate) struct Reader {
    source: Box<dyn FileSource>,
    buffer: Vec<u8>,
    warnings: Vec<Warning>,
    /// The files that there has been a warning about: some are kept more than once, and all of a
    /// cgroup's are looked for anew when this process has been elsewhere.
    warned: HashSet<PathBuf>,
}

impl Reader {
    pub(crate) fn new(source: Box<dyn FileSource>) -> Self {
        let buffer = vec![0; BUFFER_BYTES];
        Self { source, buffer, warnings: Vec::new(), warned: HashSet::new() }
    }

    pub(crate) fn source(&self) -> &dyn FileSource {
        &*self.source
    }

    /// What `parse` makes of the whole text of `file`. Allocates only to open it, to warn about it,
    /// or to hold more than there ever was to hold.
    pub(crate) fn value<T>(
        &mut self,
        file: &mut KeptFile,
        parse: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Found<T> {
        let problem = match self.fill(file) {
            Ok(length) => match parse(&self.buffer[..length]) {
                Some(value) => return Found::Value(value),
                None => Problem::Malformed,
            },
            Err(error) if is_absence(&error) && file.kind != Kind::Required => {
                return Found::Absent;
            }
            // Too long: the only error that is not the source's.
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Problem::Malformed,
            Err(error) => Problem::Unreadable(error.kind()),
        };
        self.warn(file, problem);
        Found::Unclear
    }

    /// The rate, unless it cannot be; then that is said of the `file` it came from.
    pub(crate) fn judged(&mut self, file: &mut KeptFile, rate: Rate) -> Option<f64> {
        match rate {
            Rate::Known(rate) => Some(rate),
            Rate::Unknown => None,
            Rate::Implausible => {
                self.warn(file, Problem::Implausible);
                None
            }
        }
    }

    /// The oldest warning that has not been taken yet.
    pub(crate) fn next_warning(&mut self) -> Option<Warning> {
        (!self.warnings.is_empty()).then(|| self.warnings.remove(0))
    }

    fn warn(&mut self, file: &mut KeptFile, problem: Problem) {
        if std::mem::replace(&mut file.is_warned_about, true) || self.warned.len() >= WARNED_MAX {
            return;
        }
        if self.warned.insert(file.path.clone()) && self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(Warning { path: file.path.clone(), problem });
        }
    }

    /// Reads the whole of `file` into the buffer. One that has become unreadable is opened again,
    /// for it may have gone and come back.
    fn fill(&mut self, file: &mut KeptFile) -> io::Result<usize> {
        if let Handle::Open(open) = &file.handle {
            match read_whole(&**open, file.has_records, &mut self.buffer) {
                Err(error) if file.kind == Kind::Once => {
                    file.handle = Handle::Gone;
                    return Err(error);
                }
                Err(_) => file.handle = Handle::Closed,
                whole => return whole,
            }
        }
        if matches!(file.handle, Handle::Gone) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let open = self.source.open(&file.path)?;
        let length = read_whole(&*open, file.has_records, &mut self.buffer)?;
        file.handle = Handle::Open(open);
        Ok(length)
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("warnings", &self.warnings).finish_non_exhaustive()
    }
}

/// Reads until the end. A file without records comes in one piece if there is room for it, and ends
/// as a line does, so that the end need not be asked for: a system call less for each file.
fn read_whole(file: &dyn SourceFile, has_records: bool, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut length = 0;
    loop {
        if length == buffer.len() {
            if length >= LONGEST_FILE_BYTES {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            buffer.resize(length * 2, 0);
        }
        match file.read_at(&mut buffer[length..], length as u64)? {
            0 => return Ok(length),
            read => length += read,
        }
        if !has_records && length < buffer.len() && buffer[length - 1] == b'\n' {
            return Ok(length);
        }
    }
}

/// Not there; about a thread or a cgroup that has ended; or there without being supported, as
/// pressure files are where the kernel was told at boot not to count.
fn is_absence(error: &io::Error) -> bool {
    let absent = [Errno::NOENT, Errno::SRCH, Errno::NODEV, Errno::OPNOTSUPP];
    error.kind() == io::ErrorKind::NotFound
        || absent.iter().any(|it| error.raw_os_error() == Some(it.raw_os_error()))
}
