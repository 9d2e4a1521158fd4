//! What was submitted together.

use super::joiner::Joiner;
use super::record::Record;
use super::release::Release;
use primitives::Timestamp;
use scheduler::{Counts, TaskId};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A graph, or a task submitted alone, from its submission until nobody can ask about it any
/// more. All records are one allocation.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) submitted_at: Timestamp,
    /// In the order of submission; set when the batch has been accepted.
    records: OnceLock<Box<[Record]>>,
    /// Positions sorted by id, made when somebody asks for an id that is not where it would be if
    /// the ids were consecutive.
    by_id: OnceLock<Box<[u32]>>,
    pub(super) release: Release,
    pub(super) joiner: Joiner,
    /// How the tasks of a graph ended; set once, when all of them have.
    counts: OnceLock<Counts>,
}

/// A task of a batch.
#[derive(Clone)]
pub(super) struct TaskRef {
    pub(super) batch: Arc<Batch>,
    index: u32,
}

impl Batch {
    pub(super) fn new(submitted_at: Timestamp) -> Arc<Self> {
        Arc::new(Self { submitted_at, ..Self::default() })
    }

    /// The batch has been accepted.
    pub(super) fn fill(&self, records: Vec<Record>) {
        let first = self.records.set(records.into()).is_ok();
        debug_assert!(first, "a batch is accepted once");
    }

    /// The records, none before the batch has been accepted.
    pub(super) fn records(&self) -> &[Record] {
        self.records.get().map_or(&[], |records| records)
    }

    /// Task number `index`, which need not have a record yet.
    pub(super) fn task(self: &Arc<Self>, index: usize) -> TaskRef {
        // The scheduler takes no graph whose positions do not fit.
        TaskRef { batch: Arc::clone(self), index: index as u32 }
    }

    /// The position of the task `id`, if it is part of the batch.
    pub(super) fn position(&self, id: TaskId) -> Option<usize> {
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

    pub(super) fn end(&self, counts: Counts) {
        let first = self.counts.set(counts).is_ok();
        debug_assert!(first, "a graph ends once");
    }

    pub(super) fn counts(&self) -> Option<Counts> {
        self.counts.get().copied()
    }
}

impl TaskRef {
    /// The dependency `id`, until the task has ended.
    pub(super) fn input(&self, id: TaskId) -> Option<Self> {
        if !self.dependencies.contains(&id) || self.ending().is_some() {
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
