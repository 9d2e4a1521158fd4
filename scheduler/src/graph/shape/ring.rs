//! Whether an edge would close a ring.

use super::dependency_graph::DependencyGraph;
use super::directory::IdHasher;
use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasherDefault;

/// One side of the search: who has been reached, from whom, and whose neighbours are still to be
/// looked at.
struct Side {
    from: HashMap<u32, u32, BuildHasherDefault<IdHasher>>,
    frontier: VecDeque<u32>,
}

impl Side {
    fn new(start: u32) -> Self {
        let from = std::iter::once((start, start)).collect();
        Self { from, frontier: VecDeque::from([start]) }
    }

    /// Reaches the neighbours of the next one. Says which of them the other side has reached, and
    /// how many edges that took.
    fn advance(
        &mut self,
        slot: u32,
        neighbours: impl Iterator<Item = u32>,
        other: &Self,
    ) -> (Option<u32>, usize) {
        let mut edges = 0;
        for neighbour in neighbours {
            edges += 1;
            if let std::collections::hash_map::Entry::Vacant(entry) = self.from.entry(neighbour) {
                entry.insert(slot);
                self.frontier.push_back(neighbour);
            }
            if other.from.contains_key(&neighbour) {
                return (Some(neighbour), edges);
            }
        }
        (None, edges)
    }

    /// The way from `slot` back to where the search began.
    fn way_back(&self, mut slot: u32) -> Vec<u32> {
        let mut way = vec![slot];
        while self.from[&slot] != slot {
            slot = self.from[&slot];
            way.push(slot);
        }
        way
    }
}

/// The way from `after` down to `before`, both included, if there is one: then an edge from
/// `before` to `after` would close a ring.
///
/// Searches downwards from `after` and upwards from `before`, edge for edge in turns, until the
/// sides meet or one of them has nowhere to go. So it costs O(edges below `after` or above
/// `before`, whichever are fewer), and nothing is kept between searches: graphs without added edges
/// pay nothing. (Two-way search as in M. A. Bender, J. T. Fineman, S. Gilbert and R. E. Tarjan, "A
/// new approach to incremental cycle detection and related problems", ACM Transactions on
/// Algorithms 12(2), 2015, without its levels.)
pub(crate) fn way_down<P>(graph: &DependencyGraph<P>, after: u32, before: u32) -> Option<Vec<u32>> {
    let (mut down, mut up) = (Side::new(after), Side::new(before));
    let (mut edges_down, mut edges_up) = (0, 0);
    loop {
        let (met, edges);
        if edges_down <= edges_up {
            let slot = down.frontier.pop_front()?;
            (met, edges) = down.advance(slot, graph.successors(slot), &up);
            edges_down += edges + 1;
        } else {
            let slot = up.frontier.pop_front()?;
            (met, edges) = up.advance(slot, graph.predecessors(slot), &down);
            edges_up += edges + 1;
        }
        if let Some(met) = met {
            let mut way = down.way_back(met);
            way.reverse();
            way.extend(up.way_back(met).into_iter().skip(1));
            return Some(way);
        }
    }
}
