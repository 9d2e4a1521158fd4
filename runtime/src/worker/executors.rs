//! The executors whose tasks a runtime runs, for whoever looks at what runs or waits.

use crate::task::Id;
use primitives::Timestamp;
use scheduler::TaskId;
use std::panic::Location;
use std::sync::Arc;

/// An executor, as its runtime sees it. It answers from any thread, and has no user code run.
pub(crate) trait Executor: Send + Sync {
    /// What its tasks in the runtime are at, by their ids.
    fn attempts(&self) -> Vec<(Id, Submitted)>;

    /// What one of its tasks in the runtime is at.
    fn attempt(&self, runner: Id) -> Option<Submitted>;

    /// Up to `most` of its tasks that have not begun, or wait to be tried again, and how many
    /// others there are.
    fn not_begun(&self, most: usize) -> (Vec<NotBegun>, usize);
}

/// A task of an executor.
#[derive(Debug, Clone)]
pub(crate) struct Submitted {
    pub(crate) id: TaskId,
    pub(crate) name: Option<Arc<str>>,
    /// Where it was submitted, or what it is part of.
    pub(crate) site: &'static Location<'static>,
}

/// A task of an executor that no task of the runtime has come to.
#[derive(Debug)]
pub(crate) struct NotBegun {
    pub(crate) task: Submitted,
    pub(crate) submitted_at: Timestamp,
    /// Whether it waits for nothing but a worker.
    pub(crate) is_queued: bool,
    /// What it waits for, for people.
    pub(crate) why: String,
}
