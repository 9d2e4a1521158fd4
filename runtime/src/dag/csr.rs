//! A graph in compressed rows.

use super::closures::Closures;
use super::edge_list::EdgeList;
use super::item::Edges;
use super::{DagBuilder, DagError, NodeId};
use std::fmt;
use std::sync::Arc;

/// A compiled graph, ready to be run any number of times, also at the same time.
///
/// Cheap to clone: clones share the graph.
#[derive(Clone)]
pub struct Dag {
    pub(super) graph: Arc<Graph>,
}

/// The graph itself. Per node: the closure, and eight bytes; per edge, and per root, four bytes.
pub(super) struct Graph {
    pub(super) closures: Closures,
    /// How many edges lead to each node; 1 for a root, whose one edge is virtual.
    pub(super) in_degree: Box<[u32]>,
    /// The edges of node n are `targets[offsets[n]..offsets[n + 1]]`. One row more than there
    /// are nodes: the last one holds the virtual edges to the roots.
    offsets: Box<[u32]>,
    targets: Box<[u32]>,
}

impl Graph {
    pub(super) fn node_count(&self) -> usize {
        self.in_degree.len()
    }

    /// The edges that lead away from a node; `None` if there are none.
    #[inline]
    pub(super) fn edges_of(&self, node: u32) -> Option<Edges> {
        let (first, end) = (self.offsets[node as usize], self.offsets[node as usize + 1]);
        (first < end).then_some(Edges { first, end })
    }

    /// The virtual edges to the roots; `None` for the empty graph.
    pub(super) fn roots(&self) -> Option<Edges> {
        self.edges_of(self.node_count() as u32)
    }

    /// Where an edge leads.
    #[inline]
    pub(super) fn target(&self, edge: u32) -> u32 {
        self.targets[edge as usize]
    }
}

impl Dag {
    /// An empty graph to add to.
    pub fn builder() -> DagBuilder {
        DagBuilder::default()
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.graph.node_count()
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        self.graph.offsets[self.node_count()] as usize
    }

    pub(super) fn compile(builder: DagBuilder) -> Result<Self, DagError> {
        let DagBuilder { mut closures, edges } = builder;
        let nodes = closures.len();
        check_size(nodes, edges.len())?;
        check_ends(nodes, &edges)?;
        closures.shrink_to_fit();
        let mut graph = compress(closures, &edges);
        let is_sorted = edges.is_sorted();
        drop(edges);
        if !is_sorted {
            check_acyclic(&graph)?;
        }
        for degree in &mut graph.in_degree {
            *degree = (*degree).max(1);
        }
        Ok(Self { graph: Arc::new(graph) })
    }
}

/// Sorts the edges into rows; those of one source keep the order in which they were added.
fn compress(closures: Closures, edges: &EdgeList) -> Graph {
    let nodes = closures.len();
    let mut in_degree = vec![0u32; nodes].into_boxed_slice();
    // A row's length is counted two places further than the row itself begins: so the place in
    // between can be used to fill the row, and ends up where the next one begins.
    let mut offsets = vec![0u32; nodes + 3];
    for (from, to) in edges.iter() {
        in_degree[to as usize] += 1;
        offsets[from as usize + 2] += 1;
    }
    let roots = || (0..nodes as u32).filter(|&node| in_degree[node as usize] == 0);
    offsets[nodes + 2] = roots().count() as u32;
    for row in 1..offsets.len() {
        offsets[row] += offsets[row - 1];
    }
    let mut targets = vec![0u32; offsets[nodes + 2] as usize].into_boxed_slice();
    for (from, to) in edges.iter().chain(roots().map(|root| (nodes as u32, root))) {
        let place = &mut offsets[from as usize + 1];
        targets[*place as usize] = to;
        *place += 1;
    }
    offsets.pop();
    Graph { closures, in_degree, offsets: offsets.into_boxed_slice(), targets }
}

fn check_size(nodes: usize, edges: usize) -> Result<(), DagError> {
    // The virtual edges are numbered along with the others.
    let (count, limit) = (nodes + edges, u32::MAX as usize - 1);
    if count > limit {
        return Err(DagError::TooLarge { what: "nodes and edges", count, limit });
    }
    Ok(())
}

fn check_ends(nodes: usize, edges: &EdgeList) -> Result<(), DagError> {
    match edges.largest_end().filter(|&end| end as usize >= nodes) {
        Some(end) => Err(DagError::UnknownNode { node: NodeId(end), nodes }),
        None => Ok(()),
    }
}

/// Takes away roots until none is left; what remains then holds a cycle.
fn check_acyclic(graph: &Graph) -> Result<(), DagError> {
    let mut waits = graph.in_degree.clone();
    let row = |edges: Option<Edges>| edges.into_iter().flat_map(|it| it.first..it.end);
    let mut ready: Vec<u32> = row(graph.roots()).map(|edge| graph.target(edge)).collect();
    let mut left = graph.node_count();
    while let Some(node) = ready.pop() {
        left -= 1;
        for target in row(graph.edges_of(node)).map(|edge| graph.target(edge)) {
            waits[target as usize] -= 1;
            if waits[target as usize] == 0 {
                ready.push(target);
            }
        }
    }
    if left == 0 { Ok(()) } else { Err(DagError::Cycle { path: find_cycle(graph, &waits) }) }
}

/// One cycle among the nodes that still wait for others. Each of those has a predecessor that
/// waits as well, so walking backwards must come round.
fn find_cycle(graph: &Graph, waits: &[u32]) -> Vec<NodeId> {
    let waiting = |node: u32| waits[node as usize] > 0;
    let mut predecessor = vec![u32::MAX; waits.len()];
    for node in (0..waits.len() as u32).filter(|&node| waiting(node)) {
        let edges = graph.edges_of(node).into_iter().flat_map(|it| it.first..it.end);
        for target in edges.map(|edge| graph.target(edge)).filter(|&target| waiting(target)) {
            predecessor[target as usize] = node;
        }
    }
    let mut seen = vec![false; waits.len()];
    let mut node = (0..waits.len() as u32).find(|&node| waiting(node)).expect("some node waits");
    while !std::mem::replace(&mut seen[node as usize], true) {
        node = predecessor[node as usize];
    }
    let mut path = vec![NodeId(node)];
    let mut back = predecessor[node as usize];
    while back != node {
        path.push(NodeId(back));
        back = predecessor[back as usize];
    }
    path.reverse();
    path
}

impl fmt::Debug for Dag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dag")
            .field("nodes", &self.node_count())
            .field("edges", &self.edge_count())
            .finish()
    }
}
