//! Finding a task by its id.

use super::roster::{Roster, Run};
use crate::graph::{EndState, TaskId};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Where a task that is still known is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this slot of the dependency graph.
    Live(u32),
    /// It has ended; this is all that is kept of it.
    Ended(EndState),
}

/// Who knows where a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The directory itself: the task has no position in a graph.
    Alone(Place),
    /// The task is number `node` of a graph as it was submitted, and its job knows.
    Member { job: u32, node: u32 },
}

/// Every task that has not been forgotten.
///
/// A task that was submitted alone takes 16 bytes and the table's slack. A graph takes 24 for
/// each [`Run`], and is not touched between its submission and its end.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    alone: HashMap<TaskId, Place, BuildHasherDefault<IdHasher>>,
    /// By first id; none overlaps another.
    runs: BTreeMap<TaskId, (u32, Run)>,
    members: usize,
}

impl Directory {
    /// O(1) for a task submitted alone, O(log runs) for others.
    pub(crate) fn get(&self, id: TaskId) -> Option<Entry> {
        if let Some(&place) = self.alone.get(&id) {
            return Some(Entry::Alone(place));
        }
        let (_, &(job, run)) = self.runs.range(..=id).next_back()?;
        run.node(id).map(|node| Entry::Member { job, node })
    }

    pub(crate) fn contains(&self, id: TaskId) -> bool {
        self.get(id).is_some()
    }

    /// How many tasks are known.
    pub(crate) fn len(&self) -> usize {
        self.alone.len() + self.members
    }

    /// Whether a task of `roster` is known already.
    pub(crate) fn overlaps(&self, roster: &Roster) -> bool {
        roster.runs().iter().any(|run| {
            let below = self.runs.range(..=run.last()).next_back();
            below.is_some_and(|(_, (_, other))| other.last() >= run.first) || self.has_alone(run)
        })
    }

    /// Asks whichever side is smaller.
    fn has_alone(&self, run: &Run) -> bool {
        if self.alone.len() < run.tasks as usize {
            return self.alone.keys().any(|&id| run.node(id).is_some());
        }
        (0..run.tasks).any(|n| self.alone.contains_key(&run.first.offset(n)))
    }

    /// Where a task without a position in a graph is from now on.
    pub(crate) fn put_alone(&mut self, id: TaskId, place: Place) {
        self.alone.insert(id, place);
    }

    pub(crate) fn remove_alone(&mut self, id: TaskId) {
        self.alone.remove(&id);
    }

    pub(crate) fn insert_graph(&mut self, job: u32, roster: &Roster) {
        for &run in roster.runs() {
            self.members += run.tasks as usize;
            self.runs.insert(run.first, (job, run));
        }
    }

    pub(crate) fn remove_graph(&mut self, roster: &Roster) {
        for run in roster.runs() {
            self.members -= run.tasks as usize;
            self.runs.remove(&run.first);
        }
    }
}

/// One multiplication, folded: enough to spread ids that are counted up or drawn at random.
///
/// Not fit for ids that an adversary chooses: whoever knows the constant can make them collide.
/// Ids come from the program that owns the scheduler, not from the network.
#[derive(Debug, Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number) * 0x9E37_79B9_7F4A_7C15_u128;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::IdHasher;
    use std::collections::HashSet;
    use std::hash::Hasher;

    #[test]
    fn counted_ids_spread_over_the_low_and_the_high_bits() {
        let hash = |number| {
            let mut hasher = IdHasher::default();
            hasher.write_u64(number);
            hasher.finish()
        };
        for base in [0, 1 << 63, 1 << 32] {
            let low: HashSet<u64> = (0..4096).map(|n| hash(base + n) % 4096).collect();
            let high: HashSet<u64> = (0..4096).map(|n| hash(base + n) >> 52).collect();
            // Random hashing would hit 1 - 1/e of the buckets, 2589.
            assert!(low.len() > 2300, "{base}: {}", low.len());
            assert!(high.len() > 2300, "{base}: {}", high.len());
        }
    }
}
