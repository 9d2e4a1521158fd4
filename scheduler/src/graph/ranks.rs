//! What the shape of a graph says about the urgency of its tasks.

use super::topology::Topology;
use primitives::Timestamp;
use std::time::Duration;

/// For each node the number of edges on the longest path that ends in it.
pub(crate) fn levels(topology: &Topology) -> Vec<u32> {
    let mut levels = vec![0; topology.order.len()];
    for &node in &topology.order {
        let parents = topology.parents.of(node).iter();
        levels[node as usize] = parents.map(|&p| levels[p as usize] + 1).max().unwrap_or(0);
    }
    levels
}

/// For each node the longest way to an end of the graph: its own estimate, plus the largest
/// upward rank among its children. Exact, O(nodes + edges).
pub(crate) fn upward_ranks(topology: &Topology, estimate: impl Fn(usize) -> u64) -> Vec<u64> {
    let mut ranks = vec![0; topology.order.len()];
    for &node in topology.order.iter().rev() {
        let children = topology.children.of(node).iter();
        let longest = children.map(|&c| ranks[c as usize]).max().unwrap_or(0);
        ranks[node as usize] = estimate(node as usize).saturating_add(longest);
    }
    ranks
}

/// For each node when it must have ended for itself and everybody behind it to be on time: the
/// earlier of its own deadline and, over its children, the moment the child must start.
pub(crate) fn effective_deadlines(
    topology: &Topology,
    own: impl Fn(usize) -> Option<Timestamp>,
    estimate: impl Fn(usize) -> u64,
) -> Vec<Timestamp> {
    let mut dues = vec![Timestamp::MAX; topology.order.len()];
    for &node in topology.order.iter().rev() {
        let children = topology.children.of(node).iter();
        let starts = children.map(|&c| latest_start(dues[c as usize], estimate(c as usize)));
        let own = own(node as usize).unwrap_or(Timestamp::MAX);
        dues[node as usize] = starts.min().unwrap_or(Timestamp::MAX).min(own);
    }
    dues
}

/// When a task must start to be done by `due`. No deadline asks nothing of anybody.
pub(crate) fn latest_start(due: Timestamp, estimate: u64) -> Timestamp {
    if due == Timestamp::MAX { due } else { due.saturating_sub(Duration::from_nanos(estimate)) }
}

#[cfg(test)]
mod tests {
    use super::super::topology::{Adjacency, Topology};
    use super::{effective_deadlines, levels, upward_ranks};
    use primitives::Timestamp;

    /// 0 -> 1 -> 3, 0 -> 2 -> 3, 2 -> 4.
    fn diamond() -> Topology {
        let mut parents = Adjacency::with_capacity(5);
        for list in [&[][..], &[0], &[0], &[1, 2], &[2]] {
            parents.push(list.iter().copied());
        }
        Topology::new(parents).unwrap()
    }

    #[test]
    fn a_rank_is_the_longest_way_to_an_end() {
        let ranks = upward_ranks(&diamond(), |node| [1, 10, 2, 5, 20][node]);
        assert_eq!(ranks, [23, 15, 22, 5, 20]);
        assert_eq!(levels(&diamond()), [0, 1, 1, 2, 2]);
    }

    #[test]
    fn a_deadline_travels_backwards() {
        let at = Timestamp::from_nanos;
        let own = |node: usize| [None, Some(at(60)), None, Some(at(100)), None][node];
        let dues = effective_deadlines(&diamond(), own, |node| [1, 10, 2, 5, 20][node]);
        assert_eq!(dues, [at(50), at(60), at(95), at(100), Timestamp::MAX]);
    }
}
