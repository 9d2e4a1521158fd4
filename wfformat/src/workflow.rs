//! The workflow and the doors through which it comes in.

use std::path::Path;

use crate::error::Error;
use crate::task::Task;
use crate::{read, write};

/// A workflow: named tasks and their dependencies, without a cycle.
///
/// The reader checks everything that the methods rely on: parents are valid indices and form no
/// cycle. The fields are open so that a caller may scale runtimes or rename tasks; one who edits
/// [`Task::parents`] takes over both promises.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Workflow {
    /// The file's own name for the workflow, or `"unnamed"`.
    pub name: String,
    /// What the file says about itself.
    pub description: Option<String>,
    /// The tasks in file order, which need not be a topological order. Never empty.
    pub tasks: Vec<Task>,
}

impl Workflow {
    /// The largest file [`Workflow::read`] accepts, in bytes: 1 GiB, a hundred times the largest
    /// published trace.
    pub const FILE_BYTES_MAX: u64 = 1 << 30;

    /// Reads a WfFormat file in either form.
    ///
    /// # Errors
    ///
    /// An [`Error`] that names the file, the place in it and the reason: the file cannot be read,
    /// is not JSON, or does not hold a sound workflow.
    pub fn read(path: &Path) -> Result<Self, Error> {
        read::file(path).map_err(|problem| Error::in_file(path, problem))
    }

    /// Reads WfFormat text in either form. A byte order mark at its head is skipped.
    ///
    /// # Errors
    ///
    /// An [`Error`] that names the place and the reason: the text is not JSON, or does not hold a
    /// sound workflow.
    pub fn parse(json: &str) -> Result<Self, Error> {
        read::text(json).map_err(Error::in_text)
    }

    /// The workflow as pretty-printed WfFormat 1.5, which [`Workflow::parse`] reads back.
    ///
    /// The format demands two facts a workflow in memory does not have: `makespanInSeconds` is
    /// written as the critical path (the makespan on unlimited slots) and `executedAt` as the
    /// start of 1970. Runtimes below 100 days come back exact to the nanosecond.
    pub fn to_json(&self) -> String {
        write::to_json(self)
    }
}
