//! A file that something is written to after the runs.

use serde::Serialize;
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thiserror::Error;

/// It could not be written.
#[derive(Debug, Error)]
#[error("{}: cannot be written: {cause}", .path.display())]
pub(crate) struct FileError {
    path: PathBuf,
    cause: io::Error,
}

/// Whether two paths name one file, which need not exist.
pub(crate) fn are_one(one: &Path, other: &Path) -> bool {
    resolved(one).is_some_and(|one| resolved(other) == Some(one))
}

/// The path without links and detours; `None` if not even its folder exists.
fn resolved(path: &Path) -> Option<PathBuf> {
    if let Ok(path) = fs::canonicalize(path) {
        return Some(path);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
    Some(folder.join(path.file_name()?))
}

/// A file to be, of JSON. Whether it can be written is found out before the runs, while nobody has
/// waited yet. It gets its name when it is complete: no half of it is ever found under that.
pub(crate) struct ResultFile {
    path: PathBuf,
    target: Target,
}

enum Target {
    /// Pipes and devices are written to directly.
    Stream(File),
    /// A file is written beside its place and moved there.
    File(Partial),
}

impl ResultFile {
    /// Prepares to write to `path`, which must not be the file that the workflow is read from.
    ///
    /// # Errors
    ///
    /// If the file cannot be created, or is `input`.
    pub(crate) fn prepare(path: &Path, input: Option<&Path>) -> Result<Self, FileError> {
        let target = Target::of(path, input);
        let target = target.map_err(|cause| FileError { path: path.to_owned(), cause })?;
        Ok(Self { path: path.to_owned(), target })
    }

    /// What to remove if the program must end while the file is being written.
    pub(crate) fn partial(&self) -> Option<Partial> {
        match &self.target {
            Target::Stream(_) => None,
            Target::File(partial) => Some(partial.clone()),
        }
    }

    /// Writes `content` and gives the file its name.
    ///
    /// # Errors
    ///
    /// If the system refuses; nothing is left behind then.
    pub(crate) fn write(self, content: &impl Serialize) -> Result<(), FileError> {
        let result = match self.target {
            Target::Stream(file) => write_to(file, content),
            Target::File(partial) => partial.write(&self.path, content),
        };
        result.map_err(|cause| FileError { path: self.path, cause })
    }
}

impl Target {
    fn of(path: &Path, input: Option<&Path>) -> io::Result<Self> {
        let Ok(metadata) = fs::metadata(path) else { return Partial::probe(path).map(Self::File) };
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return File::create(path).map(Self::Stream);
        }
        if input.and_then(|input| fs::metadata(input).ok()).is_some_and(|it| same(&it, &metadata)) {
            let reason = "it is the workflow to be read; name another file";
            return Err(io::Error::other(reason));
        }
        Partial::probe(path).map(Self::File)
    }
}

fn same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// The file that it is written to until it is complete. It exists only while that goes on.
#[derive(Clone)]
pub(crate) struct Partial(Arc<Mutex<State>>);

struct State {
    path: PathBuf,
    exists: bool,
    is_abandoned: bool,
}

impl Partial {
    /// The partial file of `path`, after a check that it can be created.
    fn probe(path: &Path) -> io::Result<Self> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        let path = PathBuf::from(name);
        File::create(&path)?;
        fs::remove_file(&path)?;
        Ok(Self(Arc::new(Mutex::new(State { path, exists: false, is_abandoned: false }))))
    }

    /// Removes the file if it is there, for good: the program ends.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.is_abandoned = true;
        state.remove();
    }

    fn write(&self, path: &Path, content: &impl Serialize) -> io::Result<()> {
        let file = self.lock().create()?;
        let written = write_to(file, content).and_then(|()| self.lock().rename(path));
        if written.is_err() {
            self.lock().remove();
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn create(&mut self) -> io::Result<File> {
        self.refuse_if_abandoned()?;
        let file = File::create(&self.path)?;
        self.exists = true;
        Ok(file)
    }

    fn rename(&mut self, path: &Path) -> io::Result<()> {
        self.refuse_if_abandoned()?;
        fs::rename(&self.path, path)?;
        self.exists = false;
        Ok(())
    }

    fn refuse_if_abandoned(&self) -> io::Result<()> {
        if self.is_abandoned { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }

    fn remove(&mut self) {
        if std::mem::take(&mut self.exists) {
            // Best effort: the error that led here is the one worth telling.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn write_to(file: File, content: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    serde_json::to_writer(&mut out, content)?;
    out.write_all(b"\n")?;
    out.flush()
}
