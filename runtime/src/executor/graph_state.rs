//! What the executor keeps about a graph.

use super::id_map::IdMap;
use super::joiner::Joiner;
use super::record::Record;
use super::release::Release;
use scheduler::{Counts, TaskId};
use std::sync::{Arc, OnceLock};

/// A graph from its submission until nobody can ask about it any more.
pub(super) struct GraphState {
    /// The tasks in the order in which they were added.
    pub(super) records: Vec<Arc<Record>>,
    /// Where each task is among the records.
    places: IdMap<u32>,
    pub(super) release: Release,
    pub(super) joiner: Joiner,
    /// How the tasks ended; set once, when all of them have.
    counts: OnceLock<Counts>,
}

impl GraphState {
    pub(super) fn new(records: Vec<Arc<Record>>) -> Self {
        let places = records.iter().zip(0..).map(|(record, place)| (record.id, place)).collect();
        Self {
            records,
            places,
            release: Release::default(),
            joiner: Joiner::default(),
            counts: OnceLock::new(),
        }
    }

    /// The task `id`, if it is part of the graph.
    pub(super) fn get(&self, id: TaskId) -> Option<&Arc<Record>> {
        self.places.get(&id).map(|&place| &self.records[place as usize])
    }

    pub(super) fn end(&self, counts: Counts) {
        let first = self.counts.set(counts).is_ok();
        debug_assert!(first, "a graph ends once");
    }

    pub(super) fn counts(&self) -> Option<Counts> {
        self.counts.get().copied()
    }
}
