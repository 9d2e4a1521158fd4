//! A graph that was submitted as a whole, while somebody may ask about it.

use super::directory::{IdHasher, Place};
use super::roster::Roster;
use super::topology::Topology;
use crate::graph::order::ranks::levels;
use crate::graph::record::Profile;
use crate::graph::{Counts, EndState, FailurePolicy, Resilience};
use primitives::Timestamp;
use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::time::Duration;

/// The graph's tasks, who waits for whom among them, and how far they are.
///
/// A node is a task's position in the submission. Per node a job takes 12 bytes until the graph
/// has ended and 4 afterwards, and 8 for an edge until then; 8 more under a policy with barriers.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) failure: FailurePolicy,
    /// Set when a fail-fast graph has begun to stop, so that it does so once.
    pub(crate) is_stopping: bool,
    /// The deadline of the graph as a whole; [`Timestamp::MAX`] is none.
    pub(crate) deadline: Timestamp,
    /// The estimates of the tasks that have not ended, in nanoseconds; kept under
    /// [`Demote`](crate::graph::Policy::Demote).
    pub(crate) work: u64,
    /// It will be late whatever is done.
    pub(crate) is_given_up: bool,
    /// Where the graph is in the order of submissions.
    pub(crate) round: u64,
    /// Of the graph's tasks with and without positions.
    pub(crate) counts: Counts,
    pub(crate) roster: Roster,
    /// The slots of the tasks that were added while it ran and have not ended.
    pub(crate) grown: HashSet<u32, BuildHasherDefault<IdHasher>>,
    places: Vec<PackedPlace>,
    topology: Topology,
    profiles: Vec<Profile>,
    resiliences: Vec<Resilience>,
    /// When it runs out of time, and how much it had.
    limit: Option<(Timestamp, Duration)>,
    /// Empty under a policy without barriers.
    levels: Levels,
}

/// A [`Place`] in 4 bytes: a slot, or one of five ends.
#[derive(Debug, Clone, Copy)]
struct PackedPlace(u32);

/// Nodes by level, inside a level in order of submission.
#[derive(Debug, Default)]
struct Levels {
    nodes: Vec<u32>,
    /// Where each level starts in `nodes`; one more than there are levels.
    starts: Vec<u32>,
    /// How many tasks of each level have not ended.
    remaining: Vec<u32>,
    /// The lowest level with tasks that have not ended.
    lowest: usize,
}

impl Job {
    /// A graph of which no node has a place yet. `levels` says for each node on which level it is,
    /// if the policy wants to know.
    pub(crate) fn new(
        failure: FailurePolicy,
        roster: Roster,
        topology: Topology,
        profiles: Vec<Profile>,
        levels: Option<&[u32]>,
    ) -> Self {
        let mut counts = Counts::default();
        counts.submit(topology.nodes());
        Self {
            failure,
            is_stopping: false,
            deadline: Timestamp::MAX,
            work: 0,
            is_given_up: false,
            round: 0,
            counts,
            roster,
            grown: HashSet::default(),
            places: Vec::with_capacity(topology.nodes()),
            topology,
            profiles,
            resiliences: Vec::new(),
            limit: None,
            levels: levels.map(Levels::new).unwrap_or_default(),
        }
    }

    pub(crate) fn profile(&self, profile: u32) -> &Profile {
        &self.profiles[profile as usize]
    }

    pub(crate) fn set_resiliences(&mut self, resiliences: Vec<Resilience>) {
        self.resiliences = resiliences;
    }

    pub(crate) fn resilience(&self, number: u32) -> Option<&Resilience> {
        self.resiliences.get(number as usize)
    }

    /// Gives the graph `timeout` from `now` on; when it runs out.
    pub(crate) fn set_timeout(&mut self, timeout: Duration, now: Timestamp) -> Timestamp {
        self.limit = Some((now + timeout, timeout));
        now + timeout
    }

    /// How long the graph may take.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.limit.map(|(_, timeout)| timeout)
    }

    /// When the graph runs out of time.
    pub(crate) fn ends_at(&self) -> Timestamp {
        self.limit.map_or(Timestamp::MAX, |(at, _)| at)
    }

    /// Puts the next node into `slot`.
    pub(crate) fn place_next(&mut self, slot: u32) {
        self.places.push(Place::Live(slot).into());
    }

    /// How many tasks of the graph `node` depends on.
    pub(crate) fn unmet(&self, node: u32) -> u32 {
        self.topology.parents.of(node).len() as u32
    }

    /// How many tasks the graph was submitted with.
    pub(crate) fn len(&self) -> u32 {
        self.places.len() as u32
    }

    pub(crate) fn place(&self, node: u32) -> Place {
        self.places[node as usize].into()
    }

    /// The slot of a node that has not ended.
    pub(crate) fn slot(&self, node: u32) -> Option<u32> {
        match self.place(node) {
            Place::Live(slot) => Some(slot),
            Place::Ended(_) => None,
        }
    }

    fn slots<'a>(&'a self, nodes: &'a [u32]) -> impl DoubleEndedIterator<Item = u32> + 'a {
        nodes.iter().filter_map(|&node| self.slot(node))
    }

    /// The slots of the tasks of the graph that `node` waits for and that have not ended.
    pub(crate) fn parents(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        self.slots(self.topology.parents.of(node))
    }

    /// The slots of the tasks of the graph that wait for `node` and have not ended.
    pub(crate) fn children(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        self.slots(self.topology.children.of(node))
    }

    /// The slots of all tasks that have not ended, the deepest level first; then those of the tasks
    /// that were added, in order of slots.
    pub(crate) fn deepest_first(&self) -> Vec<u32> {
        let made;
        let levels = if self.levels.starts.is_empty() {
            made = Levels::new(&levels(&self.topology));
            &made
        } else {
            &self.levels
        };
        let mut grown: Vec<u32> = self.grown.iter().copied().collect();
        grown.sort_unstable();
        self.slots(&levels.nodes).rev().chain(grown).collect()
    }

    /// For each task that has not ended its slot and its upward rank, if tasks take as long as
    /// `estimate` says of each node; at least what `floor` says of its slot. O(tasks + edges), and
    /// nothing of a graph that has ended.
    pub(crate) fn ranks(
        &self,
        estimate: impl Fn(usize) -> u64,
        floor: impl Fn(u32) -> u64,
    ) -> Vec<(u32, u64)> {
        let mut ranks = vec![0; self.topology.nodes()];
        let mut live = Vec::with_capacity(self.counts.unfinished());
        for node in self.topology.order().rev() {
            let children = self.topology.children.of(node).iter();
            let longest = children.map(|&child| ranks[child as usize]).max().unwrap_or(0);
            let mut rank = estimate(node as usize).saturating_add(longest);
            if let Some(slot) = self.slot(node) {
                rank = rank.max(floor(slot));
                live.push((slot, rank));
            }
            ranks[node as usize] = rank;
        }
        live
    }

    /// Whether every task has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.counts.unfinished() == 0
    }

    /// Whether every task of the levels below `level` has ended.
    pub(crate) fn is_open(&self, level: u32) -> bool {
        level as usize <= self.levels.lowest
    }

    /// The lowest level with tasks that have not ended, and how many there are; `None` if nobody
    /// counts.
    pub(crate) fn open_level(&self) -> Option<(usize, usize)> {
        let Levels { lowest, ref remaining, .. } = self.levels;
        remaining.get(lowest).map(|&unfinished| (lowest, unfinished as usize))
    }

    /// Has no barriers from now on; the slots of the tasks that had one before them.
    pub(crate) fn lift_barriers(&mut self) -> Vec<u32> {
        let levels = std::mem::take(&mut self.levels);
        self.levels.lowest = usize::MAX;
        self.slots(&levels.nodes).collect()
    }

    /// Notes how a node ended.
    pub(crate) fn end(&mut self, node: u32, end: EndState) {
        self.places[node as usize] = Place::Ended(end).into();
    }

    /// Counts the end of a task of `level`; the slots of the tasks of the level that opens
    /// thereby, if one does.
    pub(crate) fn end_on(&mut self, level: u32) -> Vec<u32> {
        let opened = self.levels.end_on(level);
        self.slots(opened.map_or(&[], |level| self.levels.of(level))).collect()
    }

    /// Nobody asks any more who waits for whom.
    pub(crate) fn shrink(&mut self) {
        self.levels = Levels::default();
        self.topology = Topology::default();
        self.profiles = Vec::new();
        self.resiliences = Vec::new();
    }
}

impl Levels {
    fn new(levels: &[u32]) -> Self {
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
        let mut nodes = vec![0; levels.len()];
        for (&level, node) in levels.iter().zip(0..) {
            let place = &mut next[level as usize];
            nodes[*place as usize] = node;
            *place += 1;
        }
        Self { nodes, starts, remaining, lowest: 0 }
    }

    fn of(&self, level: usize) -> &[u32] {
        &self.nodes[self.starts[level] as usize..self.starts[level + 1] as usize]
    }

    fn end_on(&mut self, level: u32) -> Option<usize> {
        // None are left once the barriers have been lifted.
        *self.remaining.get_mut(level as usize)? -= 1;
        let before = self.lowest;
        while self.remaining.get(self.lowest) == Some(&0) {
            self.lowest += 1;
        }
        let opened = self.lowest > before && self.lowest < self.remaining.len();
        opened.then_some(self.lowest)
    }
}

/// The ends are at the top of the range, where no slot is: there are at most 2^32 - 8 of them.
const ENDS: [EndState; 5] = [
    EndState::Completed,
    EndState::Failed,
    EndState::Cancelled,
    EndState::TimedOut,
    EndState::Skipped,
];

impl From<Place> for PackedPlace {
    fn from(place: Place) -> Self {
        Self(match place {
            Place::Live(slot) => slot,
            Place::Ended(end) => u32::MAX - end as u32,
        })
    }
}

impl From<PackedPlace> for Place {
    fn from(PackedPlace(packed): PackedPlace) -> Self {
        let end = ENDS.get((u32::MAX - packed) as usize);
        end.map_or(Self::Live(packed), |&end| Self::Ended(end))
    }
}

#[cfg(test)]
mod tests {
    use super::{ENDS, Levels, PackedPlace, Place};

    #[test]
    fn a_level_opens_when_the_lower_ones_have_ended() {
        let mut levels = Levels::new(&[1, 0, 2, 0]);
        assert_eq!(levels.nodes, [1, 3, 0, 2]);
        assert_eq!(levels.end_on(0), None);
        assert_eq!(levels.end_on(1), None, "ended early, by being skipped");
        assert_eq!(levels.end_on(0), Some(2), "level 1 is empty by now");
        assert_eq!(levels.of(2), [2]);
        assert_eq!(levels.end_on(2), None);
    }

    #[test]
    fn a_packed_place_is_the_place() {
        let live = [0, 7, u32::MAX - 8].map(Place::Live);
        for place in live.into_iter().chain(ENDS.map(Place::Ended)) {
            assert_eq!(Place::from(PackedPlace::from(place)), place);
        }
    }
}
