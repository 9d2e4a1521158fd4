//! Who waits for whom: tasks, edges and graphs, and what is known by which id.

pub(super) mod dependency_graph;
pub(super) mod directory;
mod edges;
pub(super) mod job;
pub(super) mod plan;
pub(super) mod ring;
mod roster;
mod survey;
pub(super) mod topology;

pub use plan::GraphPlan;
pub(crate) use topology::{Adjacency, Topology};
