//! The entries that do not come next.

use super::heap::Heap;
use super::runs::Runs;
use super::spills::Spills;
use std::collections::VecDeque;

/// More entries than this, 32 bytes each, are no longer at hand.
const HEAP_MAX: usize = 4096;

/// Any number of entries: in a few sorted [`Runs`] whatever fits an end of one, the others in a
/// heap, which is [spilled](Spills) into runs of another sort when it outgrows the cache.
#[derive(Debug)]
pub(crate) struct Rest<T> {
    runs: Runs<T>,
    /// At most [`HEAP_MAX`].
    heap: Heap<T>,
    spills: Spills<T>,
    /// Entries in all of them.
    len: usize,
}

impl<T> Default for Rest<T> {
    fn default() -> Self {
        Self { runs: Runs::default(), heap: Heap::default(), spills: Spills::default(), len: 0 }
    }
}

impl<T: Ord + Copy> Rest<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an entry. O(runs) at the end of a run, O(log n), amortised, elsewhere.
    pub(crate) fn add(&mut self, entry: T) {
        self.len += 1;
        if self.runs.add(entry) {
            return;
        }
        if self.heap.len() == HEAP_MAX {
            self.spills.add(self.heap.take_all());
        }
        self.heap.push(entry);
    }

    /// Takes the smallest entry. O(runs), and O(log n) if it is in the heap.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let top = self.heap.peek();
        let is_first = |it: &(T, usize)| top.is_none_or(|top| it.0 <= top);
        let in_run = self.runs.peek().filter(is_first);
        let spilled = self.spills.peek().filter(is_first);
        let first = match (in_run, spilled) {
            (Some((first, run)), other) if other.is_none_or(|other| first <= other.0) => {
                self.runs.pop(run)
            }
            (_, Some((_, run))) => self.spills.pop(run),
            _ => self.heap.pop(),
        };
        self.len -= usize::from(first.is_some());
        first
    }

    /// An entry that is likely to be taken soon, if that is easy to say.
    pub(crate) fn upcoming(&self, ahead: usize) -> Option<T> {
        self.runs.upcoming(ahead)
    }

    /// All entries, in no order.
    pub(crate) fn into_entries(mut self) -> impl Iterator<Item = T> {
        let heap = self.heap.take_all();
        self.runs.into_entries().chain(heap).chain(self.spills.into_entries())
    }

    /// Keeps what `keep` says. O(n), and O(log n) for each entry in the heap.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.runs.retain(&mut keep);
        self.heap.retain(&mut keep);
        self.spills.retain(keep);
        self.len = self.runs.len() + self.heap.len() + self.spills.len();
    }
}

impl<T: Ord + Copy> From<VecDeque<T>> for Rest<T> {
    /// Entries that are sorted.
    fn from(sorted: VecDeque<T>) -> Self {
        Self { len: sorted.len(), runs: Runs::from(sorted), ..Self::default() }
    }
}
