//! What several benchmarks take from the command line.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// More workers than this tell nothing about any machine.
const WORKERS_MAX: usize = 1024;

/// The WfFormat files (`*.json`) of a folder, sorted by name. Pipes and devices are left out, which
/// is said: who names the folder does not mean those, and to read one might take for ever.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn workflow_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|it| it.path())).collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.retain(|path| !is_special(path));
    paths.sort();
    Ok(paths)
}

fn is_special(path: &Path) -> bool {
    let is_special = fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir());
    if is_special {
        eprintln!("left out: {}: is not a regular file", path.display());
    }
    is_special
}

/// A number of workers.
///
/// # Errors
///
/// If the text is none from 1 to 1024.
pub fn parse_workers(text: &str) -> Result<usize, String> {
    let workers = text.parse().ok().filter(|workers| (1..=WORKERS_MAX).contains(workers));
    workers.ok_or_else(|| format!("it must be a whole number from 1 to {WORKERS_MAX}"))
}
