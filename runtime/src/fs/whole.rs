//! Whole files.

use crate::blocking;
use std::io;
use std::path::Path;

/// All that is in a file.
///
/// # Errors
///
/// As [`std::fs::read`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("greeting");
/// fs::write(&path, b"hello").await?;
/// assert_eq!(fs::read(&path).await?, b"hello");
/// # Ok(())
/// # }
/// ```
pub async fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::read(path)).await
}

/// All that is in a file, which must be UTF-8.
///
/// # Errors
///
/// As [`std::fs::read_to_string`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let version = fs::read_to_string("/proc/version").await?;
/// assert!(version.starts_with("Linux"));
/// # Ok(())
/// # }
/// ```
pub async fn read_to_string(path: impl AsRef<Path>) -> io::Result<String> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::read_to_string(path)).await
}

/// Makes `contents`, which is copied, all that is in a file. It is made if there is none.
///
/// # Errors
///
/// As [`std::fs::write`], and see [the module](super#errors).
///
/// # Examples
///
/// See [`read`].
pub async fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let (path, contents) = (path.as_ref().to_owned(), contents.as_ref().to_owned());
    blocking::run(move || std::fs::write(path, contents)).await
}

/// Copies a file's contents and permissions, and says how many bytes that were.
///
/// # Errors
///
/// As [`std::fs::copy`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let (from, to) = (directory.path().join("from"), directory.path().join("to"));
/// fs::write(&from, "six by nine").await?;
/// assert_eq!(fs::copy(&from, &to).await?, 11);
/// # Ok(())
/// # }
/// ```
pub async fn copy(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<u64> {
    let (from, to) = (from.as_ref().to_owned(), to.as_ref().to_owned());
    blocking::run(move || std::fs::copy(from, to)).await
}
