//! An async runtime for programs that execute graphs of tasks.
extern crate self as graph_runtime;

mod blocking;
mod context;
pub mod net;
pub mod runtime;
pub mod seam;
pub mod task;
pub mod time;
mod worker;

pub use macros::{main, test};
pub use primitives::Timestamp;
pub use scheduler::sim;
pub use task::spawn;
pub use worker::TaskTally;
