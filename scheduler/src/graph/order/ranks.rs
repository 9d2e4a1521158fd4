//! What the shape of a graph says about the urgency of its tasks.

use crate::graph::shape::topology::Topology;

/// For each node the number of edges on the longest path that ends in it.
pub(crate) fn levels(topology: &Topology) -> Vec<u32> {
    let mut levels = vec![0; topology.nodes()];
    for node in topology.order() {
        let parents = topology.parents.of(node).iter();
        levels[node as usize] = parents.map(|&p| levels[p as usize] + 1).max().unwrap_or(0);
    }
    levels
}

/// For each node the longest way to an end of the graph: its own estimate, plus the largest
/// upward rank among its children. Exact, O(nodes + edges).
pub(crate) fn upward_ranks(topology: &Topology, estimate: impl Fn(usize) -> u64) -> Vec<u64> {
    let mut ranks = vec![0; topology.nodes()];
    for node in topology.order().rev() {
        let children = topology.children.of(node).iter();
        let longest = children.map(|&c| ranks[c as usize]).max().unwrap_or(0);
        ranks[node as usize] = estimate(node as usize).saturating_add(longest);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{levels, upward_ranks};
    use crate::graph::shape::topology::{Adjacency, Topology};

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
}
