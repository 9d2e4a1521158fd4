//! A directory of the test's own.

use std::path::PathBuf;
use tempfile::TempDir;

/// Removed when dropped.
pub(crate) fn directory() -> TempDir {
    tempfile::tempdir().expect("there is room for temporary files")
}

/// A directory, and the path of a file in it with these contents.
pub(crate) fn file_with(contents: &[u8]) -> (TempDir, PathBuf) {
    let directory = directory();
    let path = directory.path().join("file");
    std::fs::write(&path, contents).expect("the directory can be written");
    (directory, path)
}
