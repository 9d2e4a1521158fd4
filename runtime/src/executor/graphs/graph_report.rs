//! What became of a graph.

use crate::executor::books::batch::{Batch, TaskRef};
use crate::executor::books::record::{Outcome, Record};
use crate::executor::inner::Inner;
use crate::executor::{ExecutorError, OutputOf};
use crate::seam::Clock;
use primitives::Timestamp;
use scheduler::{Counts, EndState, TaskId};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How each task of a graph ended, and what they returned. It keeps the graph's outputs alive.
pub struct GraphReport {
    batch: Arc<Batch>,
    /// The tasks that were added while the graph ran, in the order of their additions.
    added: Vec<TaskRef>,
    /// Their positions sorted by id, made when somebody asks for one.
    added_by_id: OnceLock<Box<[u32]>>,
    clock: Clock,
    counts: Counts,
}

/// What became of one task.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TaskReport {
    /// The task.
    pub id: TaskId,
    /// Its name for people.
    pub name: Option<Arc<str>>,
    /// How it ended.
    pub end: EndState,
    /// When it was accepted.
    pub submitted_at: Instant,
    /// When it had nothing to wait for but its turn; `None` if it was never dispatched.
    pub ready_at: Option<Instant>,
    /// When a worker began it; `None` if none did.
    pub started_at: Option<Instant>,
    /// When it ended: after its future was dropped.
    pub finished_at: Instant,
    /// The worker that began it.
    pub worker: Option<usize>,
    /// How many attempts there were.
    pub attempts: u32,
    /// Why it did not complete.
    pub error: Option<ExecutorError>,
    /// What went wrong in up to eight of the latest attempts before the last one, in their order.
    pub earlier_errors: Vec<ExecutorError>,
    /// For a skipped task, the dependency because of which, usually one that did not complete. That
    /// one may itself have been skipped: following the causes leads to the task where it began, as
    /// [`root_cause`](ExecutorError::root_cause) does at once.
    pub cause: Option<TaskId>,
}

impl GraphReport {
    /// Of a batch, and of the parts that were added to it.
    pub(in crate::executor) fn new(
        inner: &Inner,
        batch: &Arc<Batch>,
        counts: Counts,
        parts: &[Arc<Batch>],
    ) -> Self {
        let tasks = |part: &Arc<Batch>| {
            let part = Arc::clone(part);
            (0..part.records().len()).map(move |index| part.task(index))
        };
        Self {
            batch: Arc::clone(batch),
            added: parts.iter().flat_map(tasks).collect(),
            added_by_id: OnceLock::new(),
            clock: inner.handle.shared().seams.clock.clone(),
            counts,
        }
    }

    /// What became of each task, in the order in which they were added to the graph, before it ran
    /// or while it did; of a [loop](crate::executor::Graph::repeat) the last generation, with what
    /// its tasks added. A task's report is put together when the iterator comes to it.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = TaskReport> + ExactSizeIterator {
        let first = self.batch.records();
        (0..first.len() + self.added.len()).map(move |at| match first.get(at) {
            Some(record) => self.report(record, self.batch.submitted_at),
            None => {
                let added = &self.added[at - first.len()];
                self.report(added, added.batch.submitted_at)
            }
        })
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        self.batch.records().iter().chain(self.added.iter().map(|task| &**task))
    }

    /// O(1) for a task of a graph with consecutive ids, O(log tasks) for others.
    fn find(&self, id: TaskId) -> Option<&Record> {
        if let Some(position) = self.batch.position(id) {
            return Some(&self.batch.records()[position]);
        }
        let id_at = |at: u32| self.added[at as usize].id;
        let by_id = self.added_by_id.get_or_init(|| {
            let mut by_id: Box<[u32]> = (0..self.added.len() as u32).collect();
            by_id.sort_unstable_by_key(|&at| id_at(at));
            by_id
        });
        let place = by_id.binary_search_by_key(&id, |&at| id_at(at)).ok()?;
        Some(&self.added[by_id[place] as usize])
    }

    fn report(&self, record: &Record, submitted_at: Timestamp) -> TaskReport {
        let ending = record.ending().expect("a graph ends after its tasks");
        let run = &ending.run;
        let instant = |timestamp| self.clock.instant(timestamp);
        TaskReport {
            id: record.id,
            name: record.name.clone(),
            end: ending.outcome.state(),
            submitted_at: instant(submitted_at),
            ready_at: run.ready_at().map(instant),
            started_at: run.started_at().map(instant),
            finished_at: instant(ending.finished_at),
            worker: run.worker(),
            attempts: run.attempt(),
            error: record.error(&ending.outcome),
            earlier_errors: record.earlier_errors(),
            cause: match ending.outcome {
                Outcome::Skipped(cause, _) => Some(cause),
                _ => None,
            },
        }
    }

    /// What a task returned.
    ///
    /// # Errors
    ///
    /// Why it did not complete; [`WrongType`](ExecutorError::WrongType) if the output is no `T`;
    /// [`NotInGraph`](ExecutorError::NotInGraph).
    pub fn output<T>(&self, task: impl OutputOf<T>) -> Result<Arc<T>, ExecutorError>
    where
        T: Send + Sync + 'static,
    {
        let id = task.task_id();
        self.find(id).and_then(Record::output).unwrap_or(Err(ExecutorError::NotInGraph { id }))
    }

    /// How many tasks ended in which way.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How long after its [deadline](crate::executor::Graph::deadline) the last task of the graph
    /// ended, zero if it was in time; `None` if the graph had no deadline. O(tasks).
    pub fn lateness(&self) -> Option<Duration> {
        let deadline = self.batch.home.deadline?;
        let ends = self.records().filter_map(Record::ending);
        let last = ends.map(|ending| ending.finished_at).max().unwrap_or(self.batch.submitted_at);
        Some(self.clock.instant(last).saturating_duration_since(deadline))
    }

    /// Whether every task completed.
    pub fn is_complete(&self) -> bool {
        self.counts.completed == self.counts.submitted
    }
}

impl fmt::Debug for GraphReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphReport")
            .field("tasks", &self.tasks().collect::<Vec<_>>())
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
