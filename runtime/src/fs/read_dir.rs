//! What is in a directory.

use crate::blocking;
use crate::runtime::Handle;
use crate::task::JoinHandle;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fmt;
use std::fs::{FileType, Metadata};
use std::future::poll_fn;
use std::io;
use std::os::unix::fs::DirEntryExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// So many entries are fetched by one trip to a blocking thread.
const BATCH: usize = 32;

/// Opens a directory and fetches its first entries.
///
/// # Errors
///
/// As [`std::fs::read_dir`], and see [the module](super#errors).
///
/// # Examples
///
/// ```
/// use graph_runtime::fs;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// fs::write(directory.path().join("only"), "").await?;
/// let mut entries = fs::read_dir(directory.path()).await?;
/// let entry = entries.next_entry().await?.expect("there is one");
/// assert_eq!(entry.file_name(), "only");
/// assert!(entries.next_entry().await?.is_none());
/// # Ok(())
/// # }
/// ```
pub async fn read_dir(path: impl AsRef<Path>) -> io::Result<ReadDir> {
    let path = path.as_ref().to_owned();
    let batch = blocking::run(move || std::fs::read_dir(path).map(Batch::fetch)).await?;
    Ok(ReadDir(State::Here(batch)))
}

/// The entries of a directory, in no order and without `.` and `..`. See [`read_dir`].
pub struct ReadDir(State);

enum State {
    Here(Batch),
    Fetching(JoinHandle<Batch>),
}

/// Entries, and where more come from unless there are none.
#[derive(Default)]
struct Batch {
    entries: VecDeque<io::Result<DirEntry>>,
    rest: Option<std::fs::ReadDir>,
}

impl Batch {
    fn fetch(mut directory: std::fs::ReadDir) -> Self {
        let entries: VecDeque<_> = directory.by_ref().take(BATCH).map(DirEntry::new).collect();
        let may_go_on = entries.len() == BATCH;
        Self { entries, rest: may_go_on.then_some(directory) }
    }
}

impl ReadDir {
    /// The next entry; none at the end.
    ///
    /// # Errors
    ///
    /// Whatever the system says of this entry, and see [the module](super#errors).
    ///
    /// # Cancel safety
    ///
    /// No entry is lost if the future is dropped.
    pub async fn next_entry(&mut self) -> io::Result<Option<DirEntry>> {
        poll_fn(|context| self.poll_next_entry(context)).await
    }

    /// [`next_entry`](Self::next_entry) for hand-written futures.
    ///
    /// # Errors
    ///
    /// As `next_entry`.
    pub fn poll_next_entry(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Option<DirEntry>>> {
        loop {
            match &mut self.0 {
                State::Here(batch) => {
                    if let Some(entry) = batch.entries.pop_front() {
                        return Poll::Ready(entry.map(Some));
                    }
                    let Some(rest) = batch.rest.take() else { return Poll::Ready(Ok(None)) };
                    let fetching = Handle::current().spawn_blocking(|| Batch::fetch(rest));
                    self.0 = State::Fetching(fetching);
                }
                State::Fetching(fetching) => {
                    let fetched = ready!(Pin::new(fetching).poll(context));
                    let (batch, error) = match fetched {
                        Ok(batch) => (batch, None),
                        Err(error) => (Batch::default(), Some(error)),
                    };
                    self.0 = State::Here(batch);
                    if let Some(error) = error {
                        return Poll::Ready(Err(blocking::lost(error)));
                    }
                }
            }
        }
    }
}

impl fmt::Debug for ReadDir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadDir").finish_non_exhaustive()
    }
}

/// One entry of a directory.
#[derive(Debug)]
pub struct DirEntry {
    /// Asked for with the others of its batch, since most systems know it without looking again.
    file_type: Option<FileType>,
    std: Arc<std::fs::DirEntry>,
}

impl DirEntry {
    fn new(entry: io::Result<std::fs::DirEntry>) -> io::Result<Self> {
        entry.map(|entry| Self { file_type: entry.file_type().ok(), std: Arc::new(entry) })
    }

    /// The directory's path, as it was given, with the entry's name.
    pub fn path(&self) -> PathBuf {
        self.std.path()
    }

    /// The name.
    pub fn file_name(&self) -> OsString {
        self.std.file_name()
    }

    /// The number that the file has in its file system.
    pub fn ino(&self) -> u64 {
        self.std.ino()
    }

    /// What the system knows of it; of a symbolic link itself.
    ///
    /// # Errors
    ///
    /// As [`std::fs::DirEntry::metadata`], and see [the module](super#errors).
    pub async fn metadata(&self) -> io::Result<Metadata> {
        let std = Arc::clone(&self.std);
        blocking::run(move || std.metadata()).await
    }

    /// Whether it is a file, a directory, a symbolic link or something else.
    ///
    /// # Errors
    ///
    /// As [`std::fs::DirEntry::file_type`], and see [the module](super#errors).
    pub async fn file_type(&self) -> io::Result<FileType> {
        if let Some(file_type) = self.file_type {
            return Ok(file_type);
        }
        let std = Arc::clone(&self.std);
        blocking::run(move || std.file_type()).await
    }
}
