//! Putting a plain graph together.

use super::closures::Closures;
use super::csr::Dag;
use super::edge_list::EdgeList;
use super::{DagError, NodeOutput};
use std::fmt;

/// Names a node of the graph that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// The node's number: nodes are numbered from 0 in the order in which they were added.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Collects the nodes and edges of a [`Dag`].
///
/// # Examples
///
/// ```
/// use graph_runtime::dag::Dag;
///
/// let mut graph = Dag::builder();
/// let water = graph.node(|| async { /* boil it */ });
/// let tea = graph.node(|| async { /* brew it */ });
/// graph.edge(water, tea);
/// let graph = graph.build()?;
/// assert_eq!(graph.node_count(), 2);
/// # Ok::<(), graph_runtime::dag::DagError>(())
/// ```
#[derive(Default)]
pub struct DagBuilder {
    pub(super) closures: Closures,
    pub(super) edges: EdgeList,
}

impl DagBuilder {
    /// An empty graph with room for that many nodes and edges.
    pub fn with_capacity(nodes: usize, edges: usize) -> Self {
        Self { closures: Closures::with_capacity(nodes), edges: EdgeList::with_capacity(edges) }
    }

    /// Adds a node. Each run of the graph calls the closure once and runs the future it returns.
    ///
    /// The future's output is `()`, or a `Result` whose error ends the run.
    ///
    /// # Panics
    ///
    /// After 2^32 - 2 nodes.
    #[inline]
    pub fn node<F, R>(&mut self, closure: F) -> NodeId
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future + Send + 'static,
        R::Output: NodeOutput,
    {
        let id = u32::try_from(self.closures.len()).ok().filter(|&id| id < u32::MAX - 1);
        let id = NodeId(id.expect("a graph has fewer than 2^32 - 1 nodes"));
        self.closures.push(closure);
        id
    }

    /// Lets `to` wait for `from`. The same edge twice counts twice, which changes nothing.
    #[inline]
    pub fn edge(&mut self, from: NodeId, to: NodeId) {
        self.edges.push(from.0, to.0);
    }

    /// Compiles the graph. O(nodes + edges).
    ///
    /// # Errors
    ///
    /// [`DagError::UnknownNode`], [`DagError::Cycle`] with the nodes of one cycle, and
    /// [`DagError::TooLarge`].
    pub fn build(self) -> Result<Dag, DagError> {
        Dag::compile(self)
    }
}

impl fmt::Debug for DagBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DagBuilder")
            .field("nodes", &self.closures.len())
            .field("edges", &self.edges.len())
            .finish()
    }
}
