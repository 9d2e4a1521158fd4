//! A graph that was submitted as a whole, while somebody may ask about it.

use super::{Counts, FailurePolicy, TaskId};

/// The graph's tasks by level, and how far it is.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) failure: FailurePolicy,
    /// Set when a fail-fast graph has begun to stop, so that it does so once.
    pub(crate) is_stopping: bool,
    pub(crate) counts: Counts,
    /// Ids by level, inside a level in order of submission.
    members: Vec<TaskId>,
    /// Where each level starts in `members`; one more than there are levels.
    starts: Vec<u32>,
    /// How many tasks of each level have not ended.
    remaining: Vec<u32>,
    /// The lowest level with tasks that have not ended.
    lowest: usize,
}

impl Job {
    /// A graph with the tasks `ids`, of which number n is on `levels[n]`.
    pub(crate) fn new(failure: FailurePolicy, ids: &[TaskId], levels: &[u32]) -> Self {
        let depth = levels.iter().max().map_or(0, |&deepest| deepest as usize + 1);
        let mut remaining = vec![0; depth];
        levels.iter().for_each(|&level| remaining[level as usize] += 1);
        let mut starts = Vec::with_capacity(depth + 1);
        starts.push(0);
        starts.extend(remaining.iter().scan(0, |sum, &tasks| {
            *sum += tasks;
            Some(*sum)
        }));
        let mut next = starts.clone();
        let mut members = ids.to_vec();
        for (&id, &level) in ids.iter().zip(levels) {
            let place = &mut next[level as usize];
            members[*place as usize] = id;
            *place += 1;
        }
        let mut counts = Counts::default();
        counts.submit(ids.len());
        Self { failure, is_stopping: false, counts, members, starts, remaining, lowest: 0 }
    }

    /// Every task of the graph.
    pub(crate) fn members(&self) -> &[TaskId] {
        &self.members
    }

    /// Whether every task has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.counts.unfinished() == 0
    }

    /// Whether every task of the levels below `level` has ended.
    pub(crate) fn is_open(&self, level: u32) -> bool {
        level as usize <= self.lowest
    }

    /// Counts the end of a task of `level`; the tasks of the level that opens thereby, if one does.
    pub(crate) fn end_on(&mut self, level: u32) -> Option<&[TaskId]> {
        self.remaining[level as usize] -= 1;
        let before = self.lowest;
        while self.remaining.get(self.lowest) == Some(&0) {
            self.lowest += 1;
        }
        let opened = self.lowest > before && self.lowest < self.remaining.len();
        opened.then(|| {
            let range = self.starts[self.lowest] as usize..self.starts[self.lowest + 1] as usize;
            &self.members[range]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Job, TaskId};

    #[test]
    fn a_level_opens_when_the_lower_ones_have_ended() {
        let ids: Vec<TaskId> = (0..4).map(TaskId::new).collect();
        let mut job = Job::new(Default::default(), &ids, &[1, 0, 2, 0]);
        assert_eq!(job.members(), [ids[1], ids[3], ids[0], ids[2]]);
        assert!(job.is_open(0) && !job.is_open(1));
        assert_eq!(job.end_on(0), None);
        assert_eq!(job.end_on(1), None, "ended early, by being skipped");
        assert_eq!(job.end_on(0), Some(&ids[2..3]), "level 1 is empty by now");
        assert!(job.is_open(2));
        assert_eq!(job.end_on(2), None);
    }
}
