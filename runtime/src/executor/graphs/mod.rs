//! Putting graphs together, adding to them while they run, and what became of them.

pub(super) mod backlog;
pub(super) mod graph;
mod graph_handle;
mod graph_part;
mod graph_report;
mod growth;
pub(super) mod kept;
mod map;
pub(super) mod members;
mod node;
mod repeat;

pub use graph::{Graph, GraphTask};
pub use graph_handle::GraphHandle;
pub use graph_part::GraphPart;
pub use graph_report::{GraphReport, TaskReport};
pub use map::Item;
pub use node::{Node, OutputOf};
pub use repeat::Generation;
