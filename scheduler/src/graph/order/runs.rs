//! A few sorted runs that grow at both ends.

use std::collections::VecDeque;

/// More runs take longer to look through than a heap does.
const RUNS_MAX: usize = 8;
/// The memory of a longer run is given back when the run is empty.
const SPARE_MAX: usize = 1024;

/// Entries that come in an order that has something to do with their own: each is put behind the
/// last or before the first of a run (after C. L. Mallows, "Patience sorting", SIAM Review 5(4),
/// 1963, and the runs of natural merge sort).
///
/// All operations take O(runs).
#[derive(Debug)]
pub(crate) struct Runs<T> {
    /// At most [`RUNS_MAX`]. Those with entries come first; the others are kept for their memory.
    runs: Vec<VecDeque<T>>,
    /// How many runs have entries.
    filled: usize,
    /// The run from which an entry was taken last.
    recent: usize,
}

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Self { runs: Vec::new(), filled: 0, recent: 0 }
    }
}

impl<T: Ord + Copy> Runs<T> {
    /// Entries in all runs.
    pub(crate) fn len(&self) -> usize {
        self.filled().map(VecDeque::len).sum()
    }

    fn filled(&self) -> impl Iterator<Item = &VecDeque<T>> {
        self.runs[..self.filled].iter()
    }

    /// Adds an entry. False if it fits no end of any run, and there are as many as there may be.
    pub(crate) fn add(&mut self, entry: T) -> bool {
        // Behind the nearest tail, so that a far one stays open for what is less urgent.
        let tails = self.filled().zip(0..).filter_map(|(run, at)| Some((*run.back()?, at)));
        if let Some((_, at)) = tails.filter(|&(last, _)| last <= entry).max() {
            self.runs[at].push_back(entry);
            return true;
        }
        let heads = self.filled().zip(0..).filter_map(|(run, at)| Some((*run.front()?, at)));
        if let Some((_, at)) = heads.filter(|&(first, _)| first >= entry).min() {
            self.runs[at].push_front(entry);
            return true;
        }
        self.begin(entry)
    }

    /// Adds an entry as a run of its own. False if there are as many as there may be.
    fn begin(&mut self, entry: T) -> bool {
        if self.filled == RUNS_MAX {
            return false;
        }
        if self.filled == self.runs.len() {
            self.runs.push(VecDeque::new());
        }
        self.runs[self.filled].push_back(entry);
        self.filled += 1;
        true
    }

    /// The smallest entry and the run it is in.
    pub(crate) fn peek(&self) -> Option<(T, usize)> {
        self.filled().zip(0..).filter_map(|(run, at)| Some((*run.front()?, at))).min()
    }

    /// An entry that is likely to be taken soon, if there is one: so many behind the one that is
    /// next in the run from which one was taken last.
    pub(crate) fn upcoming(&self, ahead: usize) -> Option<T> {
        self.runs.get(self.recent)?.get(ahead).copied()
    }

    /// Takes the first entry of a run.
    pub(crate) fn pop(&mut self, run: usize) -> Option<T> {
        self.recent = run;
        let first = self.runs[run].pop_front();
        if self.runs[run].is_empty() {
            if self.runs[run].capacity() > SPARE_MAX {
                self.runs[run] = VecDeque::new();
            }
            self.filled -= 1;
            self.runs.swap(run, self.filled);
        }
        first
    }

    /// All entries, in no order.
    pub(crate) fn into_entries(self) -> impl Iterator<Item = T> {
        self.runs.into_iter().flatten()
    }

    /// Keeps what `keep` says. O(n).
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.runs.iter_mut().for_each(|run| run.retain(&mut keep));
        self.runs.sort_by_key(VecDeque::is_empty);
        self.filled = self.runs.partition_point(|run| !run.is_empty());
    }
}

impl<T> From<VecDeque<T>> for Runs<T> {
    /// One run, which is sorted.
    fn from(run: VecDeque<T>) -> Self {
        Self { filled: usize::from(!run.is_empty()), runs: vec![run], recent: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::{RUNS_MAX, Runs};
    use proptest::prelude::*;

    #[test]
    fn interleaved_sequences_get_a_run_each() {
        let mut runs = Runs::default();
        assert!((0..1000).all(|n| runs.add((n % 4, n))));
        assert!(runs.filled <= 5, "{}", runs.filled);
        assert_eq!(runs.len(), 1000);
    }

    proptest! {
        #[test]
        fn the_smallest_comes_first(
            steps in prop::collection::vec(prop::option::weighted(0.6, 0..50_u32), 0..400),
        ) {
            let (mut runs, mut oracle) = (Runs::default(), Vec::new());
            for step in steps {
                match step {
                    Some(0) => {
                        runs.retain(|item| item % 3 > 0);
                        oracle.retain(|item| item % 3 > 0);
                    }
                    Some(item) => {
                        if runs.add(item) {
                            oracle.push(item);
                        } else {
                            prop_assert_eq!(runs.filled, RUNS_MAX);
                        }
                    }
                    None => {
                        let least = oracle.iter().copied().min();
                        let taken = runs.peek().and_then(|(_, run)| runs.pop(run));
                        prop_assert_eq!(taken, least);
                        oracle.iter().position(|&it| Some(it) == least).map(|at| oracle.remove(at));
                    }
                }
                prop_assert_eq!(runs.len(), oracle.len());
            }
            let mut rest: Vec<_> = runs.into_entries().collect();
            rest.sort_unstable();
            oracle.sort_unstable();
            prop_assert_eq!(rest, oracle);
        }
    }
}
