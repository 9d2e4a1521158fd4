//! What a sampler could not make sense of.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A file whose figures are unknown though they should not be.
///
/// Each file is warned about once, however often it fails and comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What may be wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It cannot be opened or read.
    Unreadable(io::ErrorKind),
    /// It is too long, cut off, or not in the form in which the kernel writes it.
    Malformed,
    /// A total in it has grown by more than can be in the time that passed.
    Implausible,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.problem {
            Problem::Unreadable(kind) => write!(f, "{path} cannot be read ({kind})")?,
            Problem::Malformed => write!(f, "{path} is not in its usual form")?,
            Problem::Implausible => write!(f, "{path} counts more than is possible")?,
        }
        f.write_str("; the monitor takes what depends on it for unknown")
    }
}
