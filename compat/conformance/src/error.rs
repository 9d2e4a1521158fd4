//! Why there is nothing to compare.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The tests could not be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// cargo could not get the crate.
    #[error("cargo cannot get {name} {version}:\n{tail}")]
    NoSuchCrate { name: String, version: String, tail: String },
    /// The crate does not use tokio.
    #[error(
        "{name} {version} does not depend on tokio, not even for its tests, with these features"
    )]
    NoTokio { name: String, version: String },
    /// A tokio that is not ours is in the tree.
    #[error("real tokio is still in the tree: {0}")]
    RealTokio(String),
    /// cargo failed otherwise.
    #[error("`cargo {what}` failed:\n{tail}")]
    Cargo { what: String, tail: String },
    /// Nothing compiles.
    #[error("no test program of {suite} compiles:\n{tail}")]
    NothingCompiles { suite: String, tail: String },
    /// There are no tests.
    #[error(
        "{suite} has no tests, or none that were asked for: published crates often leave them out"
    )]
    NoTests { suite: String },
    /// A file is not what it should be.
    #[error("{path}: {message}")]
    Malformed { path: PathBuf, message: String },
    /// The system says no.
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
}

/// Says at which file the system said no.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
    move |source| Error::Io { what: path.display().to_string(), source }
}

/// The last lines of `text`.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn a_tail_is_the_end() {
        assert_eq!(tail("a\nb\nc", 2), "b\nc");
        assert_eq!(tail("a", 2), "a");
    }
}
