//! What is done with a path.

use crate::blocking;
use std::fs::{Metadata, Permissions};
use std::io;
use std::path::{Path, PathBuf};

/// What the system knows of a file or directory; of that which a symbolic link leads to.
///
/// # Errors
///
/// As [`std::fs::metadata`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("it");
/// fs::write(&path, "four").await?;
/// assert_eq!(fs::metadata(&path).await?.len(), 4);
/// # Ok(())
/// # }
/// ```
pub async fn metadata(path: impl AsRef<Path>) -> io::Result<Metadata> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::metadata(path)).await
}

/// What the system knows of a file, a directory or a symbolic link itself.
///
/// # Errors
///
/// As [`std::fs::symlink_metadata`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("it");
/// fs::symlink("somewhere", &path).await?;
/// assert!(fs::symlink_metadata(&path).await?.is_symlink());
/// # Ok(())
/// # }
/// ```
pub async fn symlink_metadata(path: impl AsRef<Path>) -> io::Result<Metadata> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::symlink_metadata(path)).await
}

/// Changes who may do what with a file or directory.
///
/// # Errors
///
/// As [`std::fs::set_permissions`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("it");
/// fs::write(&path, "").await?;
/// let mut permissions = fs::metadata(&path).await?.permissions();
/// permissions.set_readonly(true);
/// fs::set_permissions(&path, permissions).await?;
/// assert!(fs::metadata(&path).await?.permissions().readonly());
/// # Ok(())
/// # }
/// ```
pub async fn set_permissions(path: impl AsRef<Path>, permissions: Permissions) -> io::Result<()> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::set_permissions(path, permissions)).await
}

/// The absolute path, without symbolic links and dots.
///
/// # Errors
///
/// As [`std::fs::canonicalize`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join(".");
/// assert_eq!(fs::canonicalize(&path).await?, fs::canonicalize(directory.path()).await?);
/// # Ok(())
/// # }
/// ```
pub async fn canonicalize(path: impl AsRef<Path>) -> io::Result<PathBuf> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::canonicalize(path)).await
}

/// Whether there is anything at the end of a path, symbolic links followed.
///
/// # Errors
///
/// If that cannot be told: as [`Path::try_exists`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("it");
/// assert!(!fs::try_exists(&path).await?);
/// # Ok(())
/// # }
/// ```
pub async fn try_exists(path: impl AsRef<Path>) -> io::Result<bool> {
    let path = path.as_ref().to_owned();
    blocking::run(move || path.try_exists()).await
}

/// Gives a file or directory another name, in the same file system. A file that has that name is
/// replaced.
///
/// # Errors
///
/// As [`std::fs::rename`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let (old, new) = (directory.path().join("old"), directory.path().join("new"));
/// fs::write(&old, "text").await?;
/// fs::rename(&old, &new).await?;
/// assert_eq!(fs::read(&new).await?, b"text");
/// # Ok(())
/// # }
/// ```
pub async fn rename(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
    let (from, to) = (from.as_ref().to_owned(), to.as_ref().to_owned());
    blocking::run(move || std::fs::rename(from, to)).await
}

/// Makes a directory, whose parent must exist.
///
/// # Errors
///
/// As [`std::fs::create_dir`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("it");
/// fs::create_dir(&path).await?;
/// assert!(fs::create_dir(&path).await.is_err(), "it exists");
/// # Ok(())
/// # }
/// ```
pub async fn create_dir(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::create_dir(path)).await
}

/// Makes a directory and its missing parents. It may exist.
///
/// # Errors
///
/// As [`std::fs::create_dir_all`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("a").join("b");
/// fs::create_dir_all(&path).await?;
/// fs::create_dir_all(&path).await?;
/// # Ok(())
/// # }
/// ```
pub async fn create_dir_all(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::create_dir_all(path)).await
}

/// Removes a file's name, and with the last one the file.
///
/// # Errors
///
/// As [`std::fs::remove_file`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("it");
/// fs::write(&path, "").await?;
/// fs::remove_file(&path).await?;
/// assert!(!fs::try_exists(&path).await?);
/// # Ok(())
/// # }
/// ```
pub async fn remove_file(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::remove_file(path)).await
}

/// Removes a directory, which must be empty.
///
/// # Errors
///
/// As [`std::fs::remove_dir`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("it");
/// fs::create_dir(&path).await?;
/// fs::remove_dir(&path).await?;
/// assert!(!fs::try_exists(&path).await?);
/// # Ok(())
/// # }
/// ```
pub async fn remove_dir(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::remove_dir(path)).await
}

/// Removes a directory with all that is in it. Symbolic links are removed, not followed.
///
/// # Errors
///
/// As [`std::fs::remove_dir_all`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("it");
/// fs::create_dir_all(path.join("below")).await?;
/// fs::remove_dir_all(&path).await?;
/// assert!(!fs::try_exists(&path).await?);
/// # Ok(())
/// # }
/// ```
pub async fn remove_dir_all(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref().to_owned();
    blocking::run(move || std::fs::remove_dir_all(path)).await
}
