//! An open file.

mod convert;
mod io;

use super::OpenOptions;
use crate::blocking::{self, Background};
use crate::sync::Mutex;
use std::fs::{FileTimes, Metadata, Permissions};
use std::future::poll_fn;
use std::io::Result;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// An open file, read and written in the background.
///
/// A read asks a blocking thread for as much as the caller has room for, up to 2 MiB at once (see
/// [`set_max_buf_size`](Self::set_max_buf_size)). A write copies the bytes, starts a thread on them
/// and is done; **that it failed is told by the next write or flush**, so flush before dropping a
/// file if you want to know. One operation is under way at a time: the next one waits for it.
///
/// Dropping a file closes it once what is under way has ended. A write that has been accepted is
/// carried out even if the runtime shuts down.
///
/// # Examples
///
/// ```
/// use futures_lite::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
/// use graph_runtime::fs::File;
/// use std::io::SeekFrom;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// let mut file = File::options()
///     .read(true)
///     .write(true)
///     .create(true)
///     .open(directory.path().join("notes"))
///     .await?;
/// file.write_all(b"one, two").await?;
/// file.seek(SeekFrom::Start(5)).await?;
/// let mut rest = String::new();
/// file.read_to_string(&mut rest).await?;
/// assert_eq!(rest, "two");
/// # Ok(())
/// # }
/// ```
pub struct File {
    std: Arc<std::fs::File>,
    background: Mutex<Background<std::fs::File>>,
    /// The background's, to be read without its lock.
    max_buf_size: usize,
}

/// Opening.
impl File {
    /// Opens a file for reading.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::open`], and see [the module](super#errors).
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        OpenOptions::new().read(true).open(path).await
    }

    /// Opens a file for writing, empty, making it if there is none.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::create`], and see [the module](super#errors).
    pub async fn create(path: impl AsRef<Path>) -> Result<Self> {
        OpenOptions::new().write(true).create(true).truncate(true).open(path).await
    }

    /// Makes a file that must not exist, and opens it for reading and writing.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::create_new`], and see [the module](super#errors).
    pub async fn create_new(path: impl AsRef<Path>) -> Result<Self> {
        OpenOptions::new().read(true).write(true).create_new(true).open(path).await
    }

    /// The ways to open a file.
    #[must_use]
    pub fn options() -> OpenOptions {
        OpenOptions::new()
    }
}

/// The whole file.
///
/// Each of these waits for the read or write under way first. If that was a write which failed,
/// the next write or flush says so.
impl File {
    /// Waits until contents and metadata are on the disk.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::sync_all`], and see [the module](super#errors).
    pub async fn sync_all(&self) -> Result<()> {
        self.after_the_last(|file| file.sync_all()).await
    }

    /// Waits until the contents are on the disk, and as much of the metadata as it takes to find
    /// them.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::sync_data`], and see [the module](super#errors).
    pub async fn sync_data(&self) -> Result<()> {
        self.after_the_last(|file| file.sync_data()).await
    }

    /// Cuts the file to `bytes`, or extends it with zeros. The place where it is read and written
    /// stays.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::set_len`], and see [the module](super#errors).
    pub async fn set_len(&self, bytes: u64) -> Result<()> {
        let mut background = self.background.lock().await;
        poll_fn(|context| background.poll_idle(context)).await;
        background.set_len(bytes).await
    }

    async fn after_the_last<T: Send + 'static>(
        &self,
        call: impl FnOnce(&std::fs::File) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut background = self.background.lock().await;
        poll_fn(|context| background.poll_idle(context)).await;
        self.call(call).await
    }

    async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&std::fs::File) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let std = Arc::clone(&self.std);
        blocking::run(move || {
            let result = call(&std);
            drop(std);
            result
        })
        .await
    }
}

/// What the system knows of it. These wait for nothing.
impl File {
    /// Its metadata.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::metadata`], and see [the module](super#errors).
    pub async fn metadata(&self) -> Result<Metadata> {
        self.call(|file| file.metadata()).await
    }

    /// Changes who may do what with it.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::set_permissions`], and see [the module](super#errors).
    pub async fn set_permissions(&self, permissions: Permissions) -> Result<()> {
        self.call(|file| file.set_permissions(permissions)).await
    }

    /// Changes when it was last read and written, as far as `times` says so. A write that is under
    /// way may change that again: flush first.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::set_times`], and see [the module](super#errors).
    pub async fn set_times(&self, times: FileTimes) -> Result<()> {
        self.call(move |file| file.set_times(times)).await
    }

    /// Changes when it was last written; see [`set_times`](Self::set_times).
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::set_modified`], and see [the module](super#errors).
    pub async fn set_modified(&self, time: SystemTime) -> Result<()> {
        self.set_times(FileTimes::new().set_modified(time)).await
    }
}

/// Buffering.
impl File {
    /// Lets at most `bytes` travel at once, 2 MiB otherwise: more memory means fewer operations.
    ///
    /// # Panics
    ///
    /// If that is 0: nothing could be read or written.
    #[track_caller]
    pub fn set_max_buf_size(&mut self, bytes: usize) {
        assert!(bytes > 0, "`max_buf_size` must be greater than 0");
        self.max_buf_size = bytes;
        self.background.get_mut().set_max_buffer(self.max_buf_size);
    }

    /// How many bytes travel at once at most.
    pub fn max_buf_size(&self) -> usize {
        self.max_buf_size
    }
}
