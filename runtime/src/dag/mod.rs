//! Plain graphs: dependencies and nothing else, at the lowest cost there is.
//!
//! An [`AsyncTaskExecutor`](crate::AsyncTaskExecutor) decides for each task when it may start. A
//! [`Dag`] has nothing to decide: a node starts when its predecessors have ended, wherever that
//! happens. It is compiled once, can be run any number of times, and costs a few bytes and a few
//! nanoseconds a node.
//!
//! ```text
//!   DagBuilder ── build ──► Dag: one closure a node, edges in compressed rows
//!                            │ run
//!                            ▼
//!   Run: one join counter a node ◄──────────────┬──────────────┐
//!                                               │ counts down  │
//!                                            Runner         Runner     one per worker at most,
//!                                            own deque ◄──── steals    each a task of the runtime
//! ```
//!
//! * A runner takes a node that is ready, polls its future *in place*, and counts down the
//!   successors' counters. The first one that becomes ready it runs at once; the others go into
//!   its deque, where other runners may steal them. Wide fan-outs travel as ranges of edges.
//! * A future that returns `Pending` is moved nowhere: the memory it sits in becomes a task of
//!   its own, and the runner takes new memory. When that task is done it goes on as a runner.
//! * Of a range, a runner keeps a chunk of up to 32 edges to itself, as long as nodes are short.
//!   A runner that finds nothing asks, and who holds a chunk shares half of it after the node at
//!   hand: so long nodes right after short ones are held back for the time of one of them.
//! * Runners are started when there is something to share, and end when there is not.

mod builder;
mod closures;
mod csr;
mod dag_run;
mod edge_list;
mod error;
mod item;
mod join;
mod node;
mod resume;
mod run;
mod runner;
mod scratch;

pub use builder::{DagBuilder, NodeId};
pub use csr::Dag;
pub use dag_run::DagRun;
pub use error::DagError;
pub use node::NodeOutput;
