//! All tasks of a graph, one after the other.

use crate::executor::books::batch::{Batch, TaskRef};
use std::collections::VecDeque;
use std::sync::Arc;
use std::vec;

/// How many parts are fetched at a time.
const PARTS: usize = 128;

/// The tasks with which a graph was submitted, then those that have been added by the time it comes
/// to them, in the order of the graph's report. Complete while the graph's handle is there.
pub(in crate::executor) struct Members {
    batch: Arc<Batch>,
    /// The first task of the batch that has not been returned.
    next: usize,
    batches: vec::IntoIter<Arc<Batch>>,
    /// Those that may keep others, of which the first is looked at: the graph, then generations.
    keepers: VecDeque<Arc<Batch>>,
    /// How many parts of that one have been fetched.
    fetched: usize,
}

impl Members {
    pub(in crate::executor) fn new(graph: &Arc<Batch>) -> Self {
        let keepers = VecDeque::from([Arc::clone(graph)]);
        let batches = vec::IntoIter::default();
        Self { batch: Arc::clone(graph), next: 0, batches, keepers, fetched: 0 }
    }

    fn next_batch(&mut self) -> Option<Arc<Batch>> {
        loop {
            if let Some(batch) = self.batches.next() {
                return Some(batch);
            }
            let mut parts = self.keepers.front()?.kept.parts(self.fetched, PARTS);
            self.fetched += parts.len();
            if parts.is_empty() {
                parts = self.keepers.pop_front()?.kept.generations();
                self.keepers.extend(parts.iter().cloned());
                self.fetched = 0;
            }
            self.batches = parts.into_iter();
        }
    }
}

impl Iterator for Members {
    type Item = TaskRef;

    fn next(&mut self) -> Option<TaskRef> {
        while self.next >= self.batch.records().len() {
            self.batch = self.next_batch()?;
            self.next = 0;
        }
        self.next += 1;
        Some(self.batch.task(self.next - 1))
    }
}
