//! Why the program ends without having done what it was asked to.

use crate::check::Violation;
use crate::history_file::HistoryError;
use crate::result_file::FileError;
use graph_runtime::runtime::BuildError;
use graph_runtime::{ExecutorError, Policy};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use thiserror::Error;

/// One line for standard error, and an exit status.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Workflow(#[from] wfformat::Error),
    #[error(transparent)]
    ResultFile(#[from] FileError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("{}: cannot be both the trace and the history; name another file for one of them",
            path.display())]
    OneFile { path: PathBuf },
    #[error("the runtime cannot start: {0}")]
    Runtime(#[from] BuildError),
    #[error("cannot listen for Ctrl-C: {0}")]
    Signal(#[source] io::Error),
    #[error("{policy}: {source}")]
    Executor { policy: Policy, source: ExecutorError },
    #[error("{policy}: check failed: {violation}")]
    Check { policy: Policy, violation: Violation },
    #[error("standard output: cannot be written: {0}")]
    Output(#[source] io::Error),
}

impl Failure {
    /// 2 if what the user gave is at fault, 1 otherwise.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Workflow(_) | Self::ResultFile(_) | Self::History(_) | Self::OneFile { .. } => {
                ExitCode::from(2)
            }
            _ => ExitCode::FAILURE,
        }
    }
}
