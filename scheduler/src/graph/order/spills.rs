//! Sorted runs, each at least twice as long as the next.

use std::collections::VecDeque;

/// What has become too much for a heap in the cache, sorted, and merged again and again so that
/// there are few runs: at most one for each doubling.
///
/// A heap of a million entries misses the cache on each level it goes down. Sorting, merging and
/// taking from the front read and write memory in order instead (P. Sanders, "Fast priority queues
/// for cached memory", ACM Journal of Experimental Algorithmics 5, 2000; here the runs are merged
/// in pairs, as in J. L. Bentley and J. B. Saxe, "Decomposable searching problems I", Journal of
/// Algorithms 1(4), 1980).
///
/// Each entry is merged O(log n) times, each time in O(1).
#[derive(Debug)]
pub(crate) struct Spills<T>(Vec<VecDeque<T>>);

impl<T> Default for Spills<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord + Copy> Spills<T> {
    /// Entries in all runs.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(VecDeque::len).sum()
    }

    /// The smallest entry and the run it is in. O(runs).
    pub(crate) fn peek(&self) -> Option<(T, usize)> {
        let first = |(at, run): (usize, &VecDeque<T>)| Some((*run.front()?, at));
        self.0.iter().enumerate().filter_map(first).min()
    }

    /// Takes the first entry of a run.
    pub(crate) fn pop(&mut self, run: usize) -> Option<T> {
        let first = self.0[run].pop_front();
        if self.0[run].is_empty() {
            self.0.remove(run);
        }
        first
    }

    /// Adds a run. O(1) for each entry that is merged.
    pub(crate) fn add(&mut self, mut run: Vec<T>) {
        run.sort_unstable();
        let mut run = VecDeque::from(run);
        while let Some(last) = self.0.pop_if(|last| last.len() < 2 * run.len()) {
            run = merged(last, run);
        }
        self.0.push(run);
    }

    /// All entries, in no order.
    pub(crate) fn into_entries(self) -> impl Iterator<Item = T> {
        self.0.into_iter().flatten()
    }

    /// Keeps what `keep` says. O(n).
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.iter_mut().for_each(|run| run.retain(&mut keep));
        self.0.retain(|run| !run.is_empty());
    }
}

fn merged<T: Ord + Copy>(mut a: VecDeque<T>, mut b: VecDeque<T>) -> VecDeque<T> {
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (&*a.make_contiguous(), &*b.make_contiguous());
    while let (Some(first), Some(second)) = (a.first(), b.first()) {
        if first <= second {
            all.push(*first);
            a = &a[1..];
        } else {
            all.push(*second);
            b = &b[1..];
        }
    }
    all.extend_from_slice(a);
    all.extend_from_slice(b);
    all.into()
}

#[cfg(test)]
mod tests {
    use super::Spills;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn comes_out_in_order_from_few_runs(
            steps in prop::collection::vec(
                (prop::collection::vec(0..100_u32, 1..20), 0..30_usize), 0..40,
            ),
        ) {
            let (mut spills, mut oracle) = (Spills::default(), Vec::<u32>::new());
            for (run, pops) in steps {
                oracle.extend(&run);
                oracle.sort_unstable_by(|a, b| b.cmp(a));
                spills.add(run);
                let runs = spills.0.len();
                prop_assert!(runs <= 10, "{} runs", runs);
                for _ in 0..pops {
                    let first = spills.peek().map(|(first, _)| first);
                    let popped = spills.peek().and_then(|(_, run)| spills.pop(run));
                    prop_assert_eq!(first, popped);
                    prop_assert_eq!(popped, oracle.pop());
                }
                spills.retain(|item| item % 7 > 0);
                oracle.retain(|item| item % 7 > 0);
                prop_assert_eq!(spills.len(), oracle.len());
            }
        }
    }
}
