//! What can be wrong with a workflow file.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::text::{Chain, Excerpt, Quoted};

/// Why a workflow could not be read: one line with the file, the place in it and the reason.
///
/// ```
/// use graph_runtime_wfformat::Workflow;
///
/// let error = Workflow::parse(r#"{"workflow": {"tasks": [
///     {"name": "a", "runtime": -1}
/// ]}}"#).unwrap_err();
/// assert!(error.is_runtime());
/// assert_eq!(
///     error.to_string(),
///     "workflow.tasks[0].runtime: a runtime of -1.0 s is negative; give seconds, 0 or more"
/// );
/// ```
#[derive(Debug, Error)]
#[error("{}{problem}", prefix(.file.as_deref()))]
pub struct Error {
    file: Option<PathBuf>,
    // Boxed: errors are rare, and a wide one would widen every `Result` on the good path.
    problem: Box<Problem>,
}

/// The file's name as the head of a message. A name may hold any byte, the message one line.
fn prefix(file: Option<&Path>) -> String {
    file.map(|path| format!("{}: ", path.to_string_lossy().escape_debug())).unwrap_or_default()
}

/// What is wrong, and where in the file.
///
/// A `place` is a path into the JSON document such as `workflow.tasks[3].runtime`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file could not be opened or read.
    #[error("cannot be read: {cause}")]
    Io {
        /// What the operating system says.
        cause: io::Error,
    },
    /// The path names a directory.
    #[error("is a directory; name a file inside it")]
    Directory,
    /// The file is larger than [`Workflow::FILE_BYTES_MAX`](crate::Workflow::FILE_BYTES_MAX).
    #[error("is larger than {limit_bytes} bytes, the most that is read")]
    TooLarge {
        /// The bound.
        limit_bytes: u64,
    },
    /// The file is not UTF-8 text.
    #[error("byte {offset}: not UTF-8; save the file as UTF-8")]
    NotUtf8 {
        /// Bytes before the first that is wrong.
        offset: usize,
    },
    /// The text is not JSON.
    #[error("line {line}, column {column}: not JSON: {reason}")]
    Syntax {
        /// Line, counted from 1.
        line: usize,
        /// Column in bytes, counted from 1.
        column: usize,
        /// What the JSON parser says.
        reason: String,
    },
    /// The JSON holds no workflow at all.
    #[error("{place}: no workflow here; expected {expected}")]
    NoWorkflow {
        /// Where it was looked for.
        place: String,
        /// What should be there.
        expected: &'static str,
    },
    /// A field that must be there is not.
    #[error("{place}: missing; {hint}")]
    Missing {
        /// The missing field.
        place: String,
        /// What should be there.
        hint: &'static str,
    },
    /// A field holds a value of another type.
    #[error("{place}: expected {expected}, found {found}")]
    WrongType {
        /// The field.
        place: String,
        /// The type it should have.
        expected: &'static str,
        /// The type it has.
        found: &'static str,
    },
    /// A count or a percentage is negative.
    #[error("{place}: {value:?} is negative; give 0 or more")]
    Negative {
        /// The field.
        place: String,
        /// Its value.
        value: f64,
    },
    /// A runtime is negative or beyond belief.
    #[error("{place}: a runtime of {seconds:?} s {reason}")]
    Runtime {
        /// The field.
        place: String,
        /// Its value.
        seconds: f64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The workflow has no tasks.
    #[error("{place}: the workflow is empty; it needs at least one task")]
    Empty {
        /// The list that is empty.
        place: String,
    },
    /// Two tasks have one id.
    #[error("{place}: duplicate id {}, first used at {first}; every task needs its own", Quoted(.id))]
    DuplicateId {
        /// The second task's id field.
        place: String,
        /// The id.
        id: String,
        /// The first task.
        first: String,
    },
    /// A parent or child that is not a task of this workflow.
    #[error(
        "{place}: task {} names an unknown {role} {}; add that task or leave it out here",
        Quoted(.task), Quoted(.reference)
    )]
    UnknownTask {
        /// Where it is named.
        place: String,
        /// Id of the task that names it.
        task: String,
        /// `parent` or `child`.
        role: &'static str,
        /// The name or id that nobody has.
        reference: String,
    },
    /// A parent or child given by a name that several tasks share.
    #[error(
        "{place}: {} is the name of more than one task ({first} and {second}); refer to it by id",
        Quoted(.reference)
    )]
    AmbiguousName {
        /// Where it is named.
        place: String,
        /// The name.
        reference: String,
        /// One task of that name.
        first: String,
        /// Another.
        second: String,
    },
    /// A task is described in one half of a split file and not in the other.
    #[error("{place}: task {} has no entry in {other}; add it there or remove this one", Quoted(.task))]
    HalfTask {
        /// Where the task is.
        place: String,
        /// Its id.
        task: String,
        /// The list in which it should also be.
        other: &'static str,
    },
    /// A task names a child that does not name it as its parent, or the other way round.
    #[error(
        "{place}: the edge {} -> {} is stated here, but {missing} does not agree; state it there \
         too or not here",
        Excerpt(.parent), Excerpt(.child)
    )]
    EdgeMismatch {
        /// Where the edge is stated.
        place: String,
        /// Id of its parent end.
        parent: String,
        /// Id of its child end.
        child: String,
        /// The list in which it is missing.
        missing: String,
    },
    /// Tasks wait for each other in a circle.
    #[error(
        "{place}: cycle: {}; every task in it waits for the one before, so take one of these edges \
         out",
        Chain(.tasks)
    )]
    Cycle {
        /// The list of tasks.
        place: &'static str,
        /// The ids along the cycle, parent before child; the first is repeated at the end.
        tasks: Vec<String>,
    },
}

impl Error {
    pub(crate) fn in_file(path: &Path, problem: Problem) -> Self {
        Self { file: Some(path.to_owned()), problem: Box::new(problem) }
    }

    pub(crate) fn in_text(problem: Problem) -> Self {
        Self { file: None, problem: Box::new(problem) }
    }

    /// The file, if there was one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// What is wrong, and where in the file.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The file could not be read: missing, forbidden, a directory, too large.
    pub fn is_io(&self) -> bool {
        use Problem::{Directory, Io, TooLarge};
        matches!(*self.problem, Io { .. } | Directory | TooLarge { .. })
    }

    /// The file is not UTF-8 or not JSON.
    pub fn is_syntax(&self) -> bool {
        matches!(*self.problem, Problem::NotUtf8 { .. } | Problem::Syntax { .. })
    }

    /// The JSON does not have the shape of a workflow: a field is missing, of the wrong type or
    /// negative, or a task is described only by half.
    pub fn is_shape(&self) -> bool {
        use Problem::{HalfTask, Missing, Negative, NoWorkflow, WrongType};
        matches!(
            *self.problem,
            NoWorkflow { .. }
                | Missing { .. }
                | WrongType { .. }
                | Negative { .. }
                | HalfTask { .. }
        )
    }

    /// There are no tasks.
    pub fn is_empty(&self) -> bool {
        matches!(*self.problem, Problem::Empty { .. })
    }

    /// A runtime is negative or absurd.
    pub fn is_runtime(&self) -> bool {
        matches!(*self.problem, Problem::Runtime { .. })
    }

    /// Two tasks have one id.
    pub fn is_duplicate_id(&self) -> bool {
        matches!(*self.problem, Problem::DuplicateId { .. })
    }

    /// An edge leads to a task that does not exist, is ambiguous, or that tells another story.
    pub fn is_edge(&self) -> bool {
        use Problem::{AmbiguousName, EdgeMismatch, UnknownTask};
        matches!(*self.problem, UnknownTask { .. } | AmbiguousName { .. } | EdgeMismatch { .. })
    }

    /// Tasks wait for each other in a circle.
    pub fn is_cycle(&self) -> bool {
        matches!(*self.problem, Problem::Cycle { .. })
    }
}
