//! How a directory is made.

use crate::blocking;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// How a directory is made: [`std::fs::DirBuilder`], whose settings mean the same.
///
/// # Examples
///
/// ```
/// use graph_runtime::fs::{self, DirBuilder};
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("a").join("b");
/// DirBuilder::new().recursive(true).mode(0o700).create(&path).await?;
/// assert!(fs::metadata(&path).await?.is_dir());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct DirBuilder {
    recursive: bool,
    mode: Option<u32>,
}

impl DirBuilder {
    /// Makes one directory whose parent exists.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes missing parents too, and is content if the directory exists.
    pub fn recursive(&mut self, recursive: bool) -> &mut Self {
        self.recursive = recursive;
        self
    }

    /// The permissions, before the process's mask; 0o777 otherwise.
    pub fn mode(&mut self, mode: u32) -> &mut Self {
        self.mode = Some(mode);
        self
    }

    /// Makes the directory.
    ///
    /// # Errors
    ///
    /// As [`std::fs::DirBuilder::create`], and see [the module](crate::fs#errors).
    pub async fn create(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(self.recursive);
        if let Some(mode) = self.mode {
            builder.mode(mode);
        }
        let path = path.as_ref().to_owned();
        blocking::run(move || builder.create(path)).await
    }
}
