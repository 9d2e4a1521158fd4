//! One task of a workflow.

use std::time::Duration;

/// One task: what it is called, what it waits for and what it cost when it was recorded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Task {
    /// Unique within the workflow.
    pub id: String,
    /// The name in the file; not always unique.
    pub name: String,
    /// What sort of work this is: tasks of one kind run the same program on different data, so one
    /// task's runtime is a fair guess for the next. Nextflow files keep it in the name, all others
    /// in `command.program` (up to 1.4 also in `category`); where neither is given it is the name.
    pub kind: String,
    /// How long the task ran, between zero and [`Task::RUNTIME_MAX`].
    pub runtime: Duration,
    /// Indices into [`Workflow::tasks`](crate::Workflow::tasks) of the tasks that must complete
    /// first, without duplicates, in the order in which the file first names them.
    pub parents: Vec<usize>,
    /// Peak resident memory in bytes, as the file states it. (Some published files hold KiB in
    /// a field of this name; nothing in them tells.)
    pub memory_bytes: Option<u64>,
    /// Number of cores the task asked for.
    pub cores: Option<f64>,
    /// Average CPU use, in percent of one core; above 100 for a task with several busy threads.
    pub avg_cpu: Option<f64>,
    /// Bytes read from storage.
    pub read_bytes: Option<u64>,
    /// Bytes written to storage.
    pub written_bytes: Option<u64>,
}

impl Task {
    /// The longest runtime that is believed: ten years. More is a slip of units or a sentinel.
    pub const RUNTIME_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 3_600);
}
