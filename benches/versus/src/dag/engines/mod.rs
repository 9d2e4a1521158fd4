//! The engines, one a file.

mod dagrs;
mod graph_runtime_full;
mod graph_runtime_plain;
mod rayon;
mod spin;
pub mod tbb;
mod tokio;

pub use dagrs::Dagrs;
pub use graph_runtime_full::GraphRuntimeFull;
pub use graph_runtime_plain::GraphRuntimePlain;
pub use rayon::Rayon;
pub use spin::SpinningThreads;
pub use tokio::TokioCounters;
