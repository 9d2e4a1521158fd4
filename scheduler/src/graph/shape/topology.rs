//! The shape of a graph that is submitted as a whole.

/// Lists of neighbours, one per node, in one allocation (compressed sparse rows).
#[derive(Debug, Clone, Default)]
pub(crate) struct Adjacency {
    /// Where the list of each node starts; one more than there are nodes.
    starts: Vec<u32>,
    neighbours: Vec<u32>,
}

impl Adjacency {
    pub(crate) fn with_capacity(nodes: usize) -> Self {
        let mut starts = Vec::with_capacity(nodes + 1);
        starts.push(0);
        Self { starts, neighbours: Vec::new() }
    }

    /// Appends the list of the next node; naming a neighbour twice counts once.
    pub(crate) fn push(&mut self, neighbours: impl IntoIterator<Item = u32>) {
        let start = self.neighbours.len();
        self.neighbours.extend(neighbours);
        self.neighbours[start..].sort_unstable();
        let mut kept = start;
        for at in start..self.neighbours.len() {
            if at == start || self.neighbours[at] != self.neighbours[at - 1] {
                self.neighbours[kept] = self.neighbours[at];
                kept += 1;
            }
        }
        self.neighbours.truncate(kept);
        self.starts.push(u32::try_from(kept).expect("fewer than 2^32 edges in a graph"));
    }

    pub(crate) fn nodes(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn edges(&self) -> usize {
        self.neighbours.len()
    }

    pub(crate) fn of(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.neighbours[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// The same edges seen from the other end; each list is sorted.
    fn transposed(&self) -> Self {
        let mut starts = vec![0u32; self.nodes() + 1];
        for &neighbour in &self.neighbours {
            starts[neighbour as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        // Filled from behind: each start moves down from the end of its list to where it belongs.
        let mut neighbours = vec![0u32; self.edges()];
        for node in (0..self.nodes() as u32).rev() {
            for &neighbour in self.of(node) {
                let place = &mut starts[neighbour as usize];
                *place -= 1;
                neighbours[*place as usize] = node;
            }
        }
        Self { starts, neighbours }
    }
}

/// An acyclic graph: who depends on whom, both ways, and an order that respects it.
#[derive(Debug, Default)]
pub(crate) struct Topology {
    pub(crate) parents: Adjacency,
    pub(crate) children: Adjacency,
    /// Every node after all its parents; `None` if the nodes are numbered that way.
    order: Option<Vec<u32>>,
}

impl Topology {
    /// Sorts the nodes (A. B. Kahn, "Topological sorting of large networks", CACM 5(11), 1962).
    /// O(nodes + edges), without recursion.
    ///
    /// # Errors
    ///
    /// The nodes of a cycle, each a parent of the next one and the last one of the first.
    pub(crate) fn new(parents: Adjacency) -> Result<Self, Vec<u32>> {
        let children = parents.transposed();
        let nodes = parents.nodes() as u32;
        if (0..nodes).all(|node| parents.of(node).last().is_none_or(|&parent| parent < node)) {
            // Most graphs are built from the roots up.
            return Ok(Self { parents, children, order: None });
        }
        let mut unmet: Vec<u32> = (0..nodes).map(|n| parents.of(n).len() as u32).collect();
        let mut order: Vec<u32> = (0..nodes).filter(|&n| unmet[n as usize] == 0).collect();
        let mut done = 0;
        while done < order.len() {
            for &child in children.of(order[done]) {
                unmet[child as usize] -= 1;
                if unmet[child as usize] == 0 {
                    order.push(child);
                }
            }
            done += 1;
        }
        if order.len() < nodes as usize {
            return Err(cycle(&parents, &unmet));
        }
        Ok(Self { parents, children, order: Some(order) })
    }

    /// How many nodes there are.
    pub(crate) fn nodes(&self) -> usize {
        self.parents.nodes()
    }

    /// Every node after all its parents.
    pub(crate) fn order(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        let counted = if self.order.is_some() { 0 } else { self.nodes() as u32 };
        self.order.iter().flatten().copied().chain(0..counted)
    }
}

/// Finds a cycle among the nodes the sort could not reach.
///
/// Each of them has a parent that was not reached either, so walking from parent to parent must
/// come back to a node it has seen.
fn cycle(parents: &Adjacency, unmet: &[u32]) -> Vec<u32> {
    const UNSEEN: u32 = u32::MAX;
    let mut seen_at = vec![UNSEEN; parents.nodes()];
    let mut path = Vec::new();
    let mut node = unmet.iter().position(|&n| n > 0).expect("a node was not reached") as u32;
    while seen_at[node as usize] == UNSEEN {
        seen_at[node as usize] = path.len() as u32;
        path.push(node);
        let next = parents.of(node).iter().find(|&&parent| unmet[parent as usize] > 0);
        node = *next.expect("a node that was not reached has a parent that was not");
    }
    let mut ring = path.split_off(seen_at[node as usize] as usize);
    ring.reverse();
    // Start with the task that was submitted first: the same cycle is always told the same way.
    let first = (0..ring.len()).min_by_key(|&at| ring[at]).expect("a ring has nodes");
    ring.rotate_left(first);
    ring
}

#[cfg(test)]
mod tests {
    use super::{Adjacency, Topology};

    fn topology(parents: &[&[u32]]) -> Result<Topology, Vec<u32>> {
        let mut adjacency = Adjacency::with_capacity(parents.len());
        parents.iter().for_each(|list| adjacency.push(list.iter().copied()));
        Topology::new(adjacency)
    }

    #[test]
    fn parents_come_first_whatever_the_order_of_submission() {
        let topology = topology(&[&[1, 2], &[2], &[]]).unwrap();
        assert_eq!(topology.order().collect::<Vec<_>>(), [2, 1, 0]);
        assert_eq!(topology.children.of(2), [0, 1]);
    }

    #[test]
    fn a_parent_named_twice_counts_once() {
        let topology = topology(&[&[], &[0, 0, 0]]).unwrap();
        assert_eq!(topology.parents.edges(), 1);
    }

    #[test]
    fn a_cycle_is_told_in_the_direction_of_execution() {
        // 3 hangs off the ring 0 -> 2 -> 1 -> 0 and is not part of it.
        assert_eq!(topology(&[&[1], &[2], &[0], &[1]]).unwrap_err(), [0, 2, 1]);
        assert_eq!(topology(&[&[0]]).unwrap_err(), [0]);
    }
}
