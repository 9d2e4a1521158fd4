//! What the runtime reports about itself.

mod execution_metrics;
mod histogram;
mod recorder;
mod shard;
mod snapshot;
mod worker;

pub use execution_metrics::ExecutionMetrics;
pub use recorder::Recorder;
pub use snapshot::{HistogramSnapshot, Lateness, MetricsSnapshot, TaskCounts, TaskEnd};
pub use worker::{WorkerCounters, WorkerSnapshot, WorkerStats};
