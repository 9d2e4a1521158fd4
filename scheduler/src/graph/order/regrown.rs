//! Ranks of a graph that has grown.

use crate::graph::TaskScheduler;
use crate::graph::shape::directory::IdHasher;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

impl<P> TaskScheduler<P> {
    /// For each task of a graph that has not ended its slot and its upward rank, if tasks take as
    /// long as `estimate` says of their slots. Tasks of the graph are ranked after those that wait
    /// for them, in whichever order they were added; of those outside it counts what their ranks
    /// are. O(tasks + edges), without recursion.
    pub(in crate::graph) fn regrown_ranks(
        &self,
        job: u32,
        estimate: impl Fn(u32) -> u64,
    ) -> Vec<(u32, u64)> {
        let mut ranks: HashMap<u32, u64, BuildHasherDefault<IdHasher>> = HashMap::default();
        let mut stack = self.graph.jobs[job].deepest_first();
        while let Some(&slot) = stack.last() {
            if ranks.contains_key(&slot) {
                stack.pop();
                continue;
            }
            let unranked = stack.len();
            let mut longest = 0;
            for successor in self.graph.successors(slot) {
                let record = &self.graph[successor];
                match ranks.get(&successor) {
                    Some(&rank) => longest = longest.max(rank),
                    None if record.job == job => stack.push(successor),
                    None => longest = longest.max(record.rank),
                }
            }
            if stack.len() == unranked {
                ranks.insert(slot, estimate(slot).saturating_add(longest));
            }
        }
        ranks.into_iter().collect()
    }
}
