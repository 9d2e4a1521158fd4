//! What can be wrong with a plain graph.

use super::NodeId;
use crate::TaskError;
use thiserror::Error;

/// A graph could not be built, or did not run to its end.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DagError {
    /// An edge names a node that is not of this graph.
    #[error("an edge names node {node}, but the graph has {nodes} nodes")]
    #[non_exhaustive]
    UnknownNode {
        /// The node named.
        node: NodeId,
        /// How many nodes there are.
        nodes: usize,
    },
    /// Some nodes wait for each other.
    #[error("the graph has a cycle: {}", cycle_text(.path))]
    #[non_exhaustive]
    Cycle {
        /// The nodes of one cycle, each an edge's source; the last edge leads to the first.
        path: Vec<NodeId>,
    },
    /// The graph has more nodes and edges together than 32 bits can number.
    #[error("the graph has {count} {what}, but at most {limit} can be numbered")]
    #[non_exhaustive]
    TooLarge {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A node returned an error. No worker that knew of it started another node.
    #[error("node {node} failed: {source}")]
    #[non_exhaustive]
    Failed {
        /// The node.
        node: NodeId,
        /// What it returned.
        source: TaskError,
    },
    /// A node panicked. No worker that knew of it started another node.
    #[error("node {node} panicked: {message}")]
    #[non_exhaustive]
    Panicked {
        /// The node.
        node: NodeId,
        /// The panic's message.
        message: String,
    },
    /// The run was cancelled, or its runtime shut down.
    #[error("the run was cancelled after {finished} of {nodes} nodes")]
    #[non_exhaustive]
    Cancelled {
        /// Nodes that ran to their end.
        finished: usize,
        /// Nodes of the graph.
        nodes: usize,
    },
}

impl DagError {
    /// Whether the graph has a cycle.
    pub fn is_cycle(&self) -> bool {
        matches!(self, Self::Cycle { .. })
    }

    /// Whether the run was cancelled.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled { .. })
    }

    /// Whether a node returned an error or panicked.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Panicked { .. })
    }
}

/// `1 -> 2 -> 1`, with the middle left out of a long one.
fn cycle_text(path: &[NodeId]) -> String {
    const SHOWN: usize = 8;
    let mut nodes: Vec<String> = path.iter().map(NodeId::to_string).collect();
    nodes.extend(path.first().map(NodeId::to_string));
    if nodes.len() > 2 * SHOWN {
        let left_out = nodes.len() - 2 * SHOWN;
        nodes.splice(SHOWN..SHOWN + left_out, [format!("({left_out} more)")]);
    }
    nodes.join(" -> ")
}
