//! Links.

use crate::blocking;
use std::io;
use std::path::{Path, PathBuf};

/// Gives a file one more name.
///
/// # Errors
///
/// As [`std::fs::hard_link`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let (first, second) = (directory.path().join("first"), directory.path().join("second"));
/// fs::write(&first, "one file").await?;
/// fs::hard_link(&first, &second).await?;
/// fs::remove_file(&first).await?;
/// assert_eq!(fs::read(&second).await?, b"one file");
/// # Ok(())
/// # }
/// ```
pub async fn hard_link(original: impl AsRef<Path>, link: impl AsRef<Path>) -> io::Result<()> {
    let (original, link) = (original.as_ref().to_owned(), link.as_ref().to_owned());
    blocking::run(move || std::fs::hard_link(original, link)).await
}

/// Makes a symbolic link to `original`, which need not exist.
///
/// # Errors
///
/// As [`std::os::unix::fs::symlink`], and see [the module](super#errors).
///
/// # Examples
///
/// See [`read_link`].
pub async fn symlink(original: impl AsRef<Path>, link: impl AsRef<Path>) -> io::Result<()> {
    let (original, link) = (original.as_ref().to_owned(), link.as_ref().to_owned());
    blocking::run(move || std::os::unix::fs::symlink(original, link)).await
}

/// Where a symbolic link leads to.
///
/// # Errors
///
/// As [`std::fs::read_link`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
/// use std::path::Path;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let link = directory.path().join("link");
/// fs::symlink("somewhere", &link).await?;
/// assert_eq!(fs::read_link(&link).await?, Path::new("somewhere"));
/// # Ok(())
/// # }
/// ```
pub async fn read_link(path: impl AsRef<Path>) -> io::Result<PathBuf> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::read_link(path)).await
}
