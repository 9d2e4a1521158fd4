//! The file that a trace is written to.

use crate::trace::Trace;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The trace could not be written.
#[derive(Debug, Error)]
#[error("{}: cannot be written: {cause}", .path.display())]
pub(crate) struct TraceError {
    path: PathBuf,
    cause: io::Error,
}

/// A trace file in the making. It is opened before the runs, so that a bad path is noticed while
/// nobody has waited yet, and gets its name when it is complete: no half of a trace is ever found
/// under it.
pub(crate) struct TraceFile {
    path: PathBuf,
    /// Where it is written meanwhile; `None` for pipes and devices, which are written to directly.
    partial: Option<PathBuf>,
    file: Option<File>,
}

impl TraceFile {
    /// # Errors
    ///
    /// If the file cannot be created.
    pub(crate) fn create(path: &Path) -> Result<Self, TraceError> {
        let fail = |cause| TraceError { path: path.to_owned(), cause };
        let replaceable = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(fail(io::ErrorKind::IsADirectory.into()));
            }
            Ok(metadata) => metadata.is_file(),
            Err(_) => true,
        };
        let partial = replaceable.then(|| {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".{}.partial", std::process::id()));
            PathBuf::from(name)
        });
        let file = File::create(partial.as_deref().unwrap_or(path)).map_err(fail)?;
        Ok(Self { path: path.to_owned(), partial, file: Some(file) })
    }

    /// Writes the trace and gives the file its name.
    ///
    /// # Errors
    ///
    /// If the system refuses; nothing is left behind then.
    pub(crate) fn finish(mut self, trace: &Trace<'_>) -> Result<(), TraceError> {
        self.write(trace).map_err(|cause| TraceError { path: self.path.clone(), cause })
    }

    fn write(&mut self, trace: &Trace<'_>) -> io::Result<()> {
        let mut out = BufWriter::new(self.file.take().expect("a trace is written once"));
        serde_json::to_writer(&mut out, trace)?;
        out.write_all(b"\n")?;
        out.flush()?;
        if let Some(partial) = &self.partial {
            fs::rename(partial, &self.path)?;
            self.partial = None;
        }
        Ok(())
    }
}

impl Drop for TraceFile {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            // Best effort: the error that led here is the one worth telling.
            let _ = fs::remove_file(partial);
        }
    }
}
