//! All tasks of a graph, one after the other.

use crate::executor::books::batch::{Batch, TaskRef};
use std::sync::Arc;
use std::vec;

/// How many parts are fetched at a time.
const PARTS: usize = 128;

/// The tasks with which a graph was submitted, then those that have been added by the time it comes
/// to them, in the order of the graph's report. Complete while the graph's handle is there.
pub(in crate::executor) struct Members<'a> {
    graph: &'a Arc<Batch>,
    batch: Arc<Batch>,
    /// The first task of the batch that has not been returned.
    next: usize,
    batches: vec::IntoIter<Arc<Batch>>,
    /// How many parts have been fetched; `None` when these were the last.
    fetched: Option<usize>,
}

impl<'a> Members<'a> {
    pub(in crate::executor) fn new(graph: &'a Arc<Batch>) -> Self {
        let batches = vec::IntoIter::default();
        Self { graph, batch: Arc::clone(graph), next: 0, batches, fetched: Some(0) }
    }

    fn next_batch(&mut self) -> Option<Arc<Batch>> {
        if let Some(batch) = self.batches.next() {
            return Some(batch);
        }
        let from = self.fetched?;
        let parts = self.graph.kept.parts(from, PARTS);
        let is_last = parts.is_empty();
        self.fetched = (!is_last).then_some(from + parts.len());
        self.batches = if is_last { self.graph.kept.generations() } else { parts }.into_iter();
        self.batches.next()
    }
}

impl Iterator for Members<'_> {
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
