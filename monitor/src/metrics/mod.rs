//! What the runtime reports about itself.

mod bucket_counts;
mod buckets;
mod execution_metrics;
mod histogram;
mod histogram_snapshot;
mod limit_snapshot;
mod poll_counts;
mod poll_times;
mod recorder;
mod runtime_snapshot;
mod shard;
mod snapshot;
mod worker;

pub use bucket_counts::BucketCounts;
pub use execution_metrics::ExecutionMetrics;
pub use histogram_snapshot::HistogramSnapshot;
pub use limit_snapshot::{LimitDecision, LimitSnapshot};
pub use poll_counts::{PollBuckets, PollCounts};
pub use poll_times::PollTimes;
pub use recorder::Recorder;
pub use runtime_snapshot::RuntimeSnapshot;
pub use snapshot::{Lateness, MetricsSnapshot, TaskCounts, TaskEnd};
pub use worker::{WorkerCounters, WorkerSnapshot, WorkerStats};
