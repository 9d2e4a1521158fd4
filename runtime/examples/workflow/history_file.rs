//! What earlier runs have taught about kinds of tasks, and the file it is kept in.

use crate::job::Job;
use crate::result_file::{FileError, Partial, ResultFile};
use graph_runtime::{History, KindHistory};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{fs, io};
use thiserror::Error;

/// No task takes as long, at any time scale: some 30 million years.
const SECONDS_MAX: f64 = 1e15;

/// The history could not be read.
#[derive(Debug, Error)]
pub(crate) enum HistoryError {
    #[error("{}: cannot be read: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("{}: line {}, column {}: not a history: {cause}",
            path.display(), cause.line(), cause.column())]
    Malformed { path: PathBuf, cause: serde_json::Error },
    #[error("{}: {kind}: {field} is {value}, which is no time in seconds", path.display())]
    NoTime { path: PathBuf, kind: String, field: &'static str, value: f64 },
    #[error("{}: is not a regular file, and a history is kept from run to run", path.display())]
    Special { path: PathBuf },
    #[error("mode instant takes no time: there is no history of it")]
    Timeless,
    #[error(transparent)]
    File(#[from] FileError),
}

/// A history in recorded seconds, so that it is good for runs at any time scale.
pub(crate) struct HistoryFile {
    file: ResultFile,
    known: History,
}

impl HistoryFile {
    /// Reads the history, if the file exists, and makes sure that it can be written.
    ///
    /// # Errors
    ///
    /// If the file holds anything else or cannot be written, or if tasks take no time.
    pub(crate) fn open(path: &Path, job: &Job, input: Option<&Path>) -> Result<Self, HistoryError> {
        if job.is_timeless() {
            return Err(HistoryError::Timeless);
        }
        if fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
            return Err(HistoryError::Special { path: path.to_owned() });
        }
        let file = ResultFile::prepare(path, input)?;
        Ok(Self { file, known: read(path)? })
    }

    /// What is known now.
    pub(crate) fn known(&self) -> &History {
        &self.known
    }

    /// A run has added to what is known.
    pub(crate) fn learn(&mut self, known: History) {
        self.known = known;
    }

    /// What to remove if the program must end while the history is being written.
    pub(crate) fn partial(&self) -> Option<Partial> {
        self.file.partial()
    }

    /// Writes what is known.
    ///
    /// # Errors
    ///
    /// If the system refuses; the file is what it was then.
    pub(crate) fn save(self) -> Result<(), HistoryError> {
        Ok(self.file.write(&self.known)?)
    }
}

fn read(path: &Path) -> Result<History, HistoryError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(History::default()),
        Err(cause) => return Err(HistoryError::Unreadable { path: path.to_owned(), cause }),
    };
    let malformed = |cause| HistoryError::Malformed { path: path.to_owned(), cause };
    let known: History = serde_json::from_str(&text).map_err(malformed)?;
    let times = known
        .iter()
        .flat_map(|(kind, it)| [(kind, "mean_s", it.mean_s), (kind, "estimate_s", it.estimate_s)]);
    let wrong = times.into_iter().find(|(.., value)| !(0.0..=SECONDS_MAX).contains(value));
    match wrong {
        Some((kind, field, value)) => {
            Err(HistoryError::NoTime { path: path.to_owned(), kind: kind.to_owned(), field, value })
        }
        None => Ok(known),
    }
}

/// A history of tasks that take `factor` times as long.
pub(crate) fn stretched(history: &History, factor: f64) -> History {
    let stretch = |(kind, known): (&str, &KindHistory)| {
        let mut known = *known;
        known.mean_s *= factor;
        known.estimate_s *= factor;
        known.variance_s2 *= factor * factor;
        if known.trend.samples > 0 {
            known.trend.mean_log_time += factor.ln();
        }
        (kind.to_owned(), known)
    };
    history.iter().map(stretch).collect()
}
