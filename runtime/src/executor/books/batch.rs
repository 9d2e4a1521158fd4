//! What was submitted together.

use super::home::Home;
use super::joiner::Joiner;
use super::lap::Lap;
use super::record::Record;
use super::release::Release;
use super::tasks::Tasks;
use crate::executor::ExecutableTask;
use crate::executor::RetryPredicate;
use crate::executor::graphs::kept::Kept;
use primitives::Timestamp;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use scheduler::{Counts, RetryPolicy, TaskId};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A graph, a part that was added to one, or a task submitted alone, from its submission until
/// nobody can ask about it any more.
pub(in crate::executor) struct Batch {
    pub(in crate::executor) home: Home,
    pub(in crate::executor) submitted_at: Timestamp,
    tasks: Tasks,
    /// Positions sorted by id, made when somebody asks for an id that is not where it would be if
    /// the ids were consecutive.
    by_id: OnceLock<Box<[u32]>>,
    pub(in crate::executor) release: Release,
    pub(in crate::executor) joiner: Joiner,
    /// What was added to a graph, or in a generation of a loop.
    pub(in crate::executor) kept: Kept,
    /// Tasks that have not ended; of a graph as it was submitted nobody counts.
    unended: AtomicUsize,
    /// How the tasks of a graph ended; set once, when all of them have.
    counts: OnceLock<Counts>,
}

/// A task of a batch.
#[derive(Clone)]
pub(in crate::executor) struct TaskRef {
    pub(in crate::executor) batch: Arc<Batch>,
    index: u32,
}

impl Batch {
    /// The scheduler takes no graph whose positions do not fit 32 bits.
    pub(in crate::executor) fn new(tasks: Tasks, home: Home, submitted_at: Timestamp) -> Arc<Self> {
        Arc::new(Self {
            home,
            kept: Kept::default(),
            unended: AtomicUsize::new(tasks.records.len()),
            submitted_at,
            tasks,
            by_id: OnceLock::new(),
            release: Release::default(),
            joiner: Joiner::default(),
            counts: OnceLock::new(),
        })
    }

    /// The tasks, if nobody else knows of them: when they were refused.
    pub(in crate::executor) fn into_tasks(self: Arc<Self>) -> Option<Tasks> {
        Some(Arc::into_inner(self)?.tasks)
    }

    pub(in crate::executor) fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// In the order of submission.
    pub(in crate::executor) fn records(&self) -> &[Record] {
        &self.tasks.records
    }

    pub(in crate::executor) fn task(self: &Arc<Self>, index: usize) -> TaskRef {
        TaskRef { batch: Arc::clone(self), index: index as u32 }
    }

    /// The task `id`, if it is part of the batch.
    pub(in crate::executor) fn find(self: &Arc<Self>, id: TaskId) -> Option<TaskRef> {
        self.position(id).map(|index| self.task(index))
    }

    /// The position of the task `id`, if it is part of the batch.
    pub(in crate::executor) fn position(&self, id: TaskId) -> Option<usize> {
        let records = self.records();
        let distance = id.as_u64().checked_sub(records.first()?.id.as_u64());
        let guess = distance.and_then(|distance| usize::try_from(distance).ok());
        if let Some(guess) = guess
            && records.get(guess).is_some_and(|record| record.id == id)
        {
            return Some(guess);
        }
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id: Box<[u32]> = (0..records.len() as u32).collect();
            by_id.sort_unstable_by_key(|&index| records[index as usize].id);
            by_id
        });
        let place = by_id.binary_search_by_key(&id, |&index| records[index as usize].id).ok()?;
        Some(by_id[place] as usize)
    }

    /// The scheduler has accepted the tasks.
    pub(in crate::executor) fn accepted(&self) {
        if let Some(pace) = self.home.pace() {
            pace.lock().expect(self.tasks.records.len());
        }
    }

    /// One of the tasks has ended. True if it was the last.
    pub(in crate::executor) fn end_one(&self) -> bool {
        // ORDERING: Relaxed; only under the core's lock.
        self.unended.fetch_sub(1, Ordering::Relaxed) == 1
    }

    pub(in crate::executor) fn end(&self, counts: Counts) {
        let first = self.counts.set(counts).is_ok();
        debug_assert!(first, "a graph ends once");
    }

    pub(in crate::executor) fn counts(&self) -> Option<Counts> {
        self.counts.get().copied()
    }
}

impl TaskRef {
    /// Makes it the task at position `index` of the same batch.
    pub(in crate::executor) fn turn_to(&mut self, index: usize) {
        self.index = index as u32;
    }

    /// What it depends on.
    pub(in crate::executor) fn dependencies(&self) -> &[TaskId] {
        self.batch.tasks.dependencies(self.index as usize)
    }

    /// What its run time says something about, and how large its input is, if that is known.
    pub(in crate::executor) fn kind(&self) -> Option<(&str, Option<u64>)> {
        self.batch.tasks.kind(self.index as usize)
    }

    /// How often it is tried, if more than once, and after which errors.
    pub(in crate::executor) fn retry(&self) -> Option<(RetryPolicy, Option<&RetryPredicate>)> {
        self.batch.tasks.retry(self.index as usize)
    }

    /// The generation of the innermost loop it belongs to; 0 outside loops.
    pub(in crate::executor) fn generation(&self) -> u64 {
        match self.batch.tasks.generation(self.index as usize) {
            0 => self.batch.home.generation(),
            generation => generation,
        }
    }

    /// Where what it adds belongs.
    pub(in crate::executor) fn beside(&self) -> Home {
        let home = self.batch.home.beside();
        match self.batch.tasks.generation(self.index as usize) {
            0 => home,
            number => {
                let lap = Lap::continued(number, home.lap());
                home.within(lap)
            }
        }
    }

    /// The task again, if no attempt has what it was to run; with no dependencies yet.
    pub(in crate::executor) fn take_task(&self) -> Option<ExecutableTask> {
        let task = self.batch.tasks.take_task(self.index as usize)?;
        Some(ExecutableTask { dependencies: Vec::new(), ..task })
    }

    /// The dependency `id`, until the task has ended.
    pub(in crate::executor) fn input(&self, id: TaskId) -> Option<Self> {
        if !self.dependencies().contains(&id) || self.ending().is_some() {
            return None;
        }
        match self.batch.position(id) {
            Some(index) => Some(self.batch.task(index)),
            None => self.outside_input(id),
        }
    }
}

impl Deref for TaskRef {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.batch.records()[self.index as usize]
    }
}

impl fmt::Debug for TaskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskRef").field("id", &self.id).finish_non_exhaustive()
    }
}
