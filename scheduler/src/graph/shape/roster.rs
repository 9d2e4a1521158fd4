//! Which task of a graph has which id.

use crate::graph::TaskId;

/// Tasks with consecutive ids that were submitted one after the other: 16 bytes for all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) first: TaskId,
    /// The position of the first one in the graph.
    pub(crate) node: u32,
    /// How many there are, at least 1.
    pub(crate) tasks: u32,
}

impl Run {
    /// The largest id.
    pub(crate) fn last(&self) -> TaskId {
        self.first.offset(self.tasks - 1)
    }

    /// The position of `id`, if it is one of the run.
    pub(crate) fn node(&self, id: TaskId) -> Option<u32> {
        let distance = id.as_u64().checked_sub(self.first.as_u64())?;
        (distance < u64::from(self.tasks)).then(|| self.node + distance as u32)
    }
}

/// The ids of a graph, as runs sorted by id: one run if the ids were drawn while the graph was
/// built and nobody else drew any, and never more than there are tasks.
#[derive(Debug)]
pub(crate) struct Roster {
    runs: Vec<Run>,
}

/// A roster of the first tasks of a graph.
#[derive(Debug, Default)]
pub(crate) struct RosterBuilder {
    /// In the order of the submission.
    runs: Vec<Run>,
    tasks: u32,
    /// Whether some run comes before an earlier one.
    is_unsorted: bool,
}

impl RosterBuilder {
    /// The next task. O(1).
    pub(crate) fn push(&mut self, id: TaskId) {
        let node = self.tasks;
        self.tasks += 1;
        match self.runs.last_mut() {
            Some(run) if run.last().next() == Some(id) => run.tasks += 1,
            last => {
                self.is_unsorted |= last.is_some_and(|run| run.last() >= id);
                self.runs.push(Run { first: id, node, tasks: 1 });
            }
        }
    }

    /// The position of the task `id`, if it is easily found: O(log runs).
    pub(crate) fn node(&self, id: TaskId) -> Option<u32> {
        let in_last = self.runs.last()?.node(id);
        if in_last.is_some() || self.is_unsorted { in_last } else { find(&self.runs, id) }
    }

    /// O(runs log runs). `None` if two tasks have the same id.
    pub(crate) fn finish(self) -> Option<Roster> {
        let mut runs = self.runs;
        runs.sort_unstable_by_key(|run| run.first);
        let is_unique = runs.is_sorted_by(|a, b| a.last() < b.first);
        is_unique.then_some(Roster { runs })
    }
}

/// The position of the task `id`, if it is in one of the runs, which are sorted.
fn find(runs: &[Run], id: TaskId) -> Option<u32> {
    let after = runs.partition_point(|run| run.first <= id);
    runs[..after].last()?.node(id)
}

impl Roster {
    pub(crate) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The ids in the order of the submission.
    pub(crate) fn ids(&self) -> impl Iterator<Item = TaskId> + use<> {
        let mut runs = self.runs.clone();
        runs.sort_unstable_by_key(|run| run.node);
        runs.into_iter().flat_map(|run| (0..run.tasks).map(move |at| run.first.offset(at)))
    }

    /// The id of the task at a position in the graph. O(runs): for error messages.
    pub(crate) fn id(&self, node: u32) -> TaskId {
        let holds = |run: &&Run| node.checked_sub(run.node).is_some_and(|at| at < run.tasks);
        let run = self.runs.iter().find(holds).expect("every position is in a run");
        run.first.offset(node - run.node)
    }

    /// The position of the task `id`, if it is in the graph. O(log runs).
    pub(crate) fn node(&self, id: TaskId) -> Option<u32> {
        find(&self.runs, id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Roster, RosterBuilder};
    use crate::graph::TaskId;
    use proptest::prelude::*;

    fn build(ids: impl Iterator<Item = TaskId>) -> Option<Roster> {
        let mut builder = RosterBuilder::default();
        ids.for_each(|id| builder.push(id));
        builder.finish()
    }

    fn roster(ids: &[u64]) -> Option<Roster> {
        build(ids.iter().copied().map(TaskId::new))
    }

    #[test]
    fn consecutive_ids_are_one_run() {
        let fresh: Vec<TaskId> = std::iter::repeat_with(TaskId::fresh).take(3).collect();
        assert_eq!(build(fresh.into_iter()).unwrap().runs().len(), 1);
        let largest = (1 << 63) - 1;
        assert_eq!(roster(&[largest - 1, largest]).unwrap().runs().len(), 1);
        assert_eq!(roster(&[2, 3, 7, 8, 1]).unwrap().runs().len(), 3);
    }

    proptest! {
        #[test]
        fn a_roster_is_a_map(ids in prop::collection::vec(0..40_u64, 0..12)) {
            let first = |id: u64| ids.iter().position(|&other| other == id);
            let is_unique = ids.iter().enumerate().all(|(n, &id)| first(id) == Some(n));
            let roster = roster(&ids);
            prop_assert_eq!(roster.is_some(), is_unique);
            let mut builder = RosterBuilder::default();
            for (&id, node) in ids.iter().zip(0..).take_while(|_| is_unique) {
                builder.push(TaskId::new(id));
                prop_assert_eq!(builder.node(TaskId::new(id)), Some(node));
                for id in 0..40 {
                    let found = builder.node(TaskId::new(id)).map(|node| node as usize);
                    prop_assert!(found.is_none() || found == first(id));
                }
            }
            if let Some(roster) = roster {
                let in_order: Vec<_> = roster.ids().map(TaskId::as_u64).collect();
                prop_assert_eq!(&in_order, &ids);
                for id in 0..40 {
                    let node = roster.node(TaskId::new(id));
                    prop_assert_eq!(node.map(|node| node as usize), first(id));
                }
            }
        }
    }
}
