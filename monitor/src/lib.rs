//! What the machine and the runtime are doing. This crate reads and counts; it decides nothing.
//!
//! * [`sample`]: one look at the machine. The [`Sampler`] trait is a seam; [`ProcSampler`] is the
//!   one that reads the process's CPU clock each time, and in turn, each within a second, the files
//!   of `/proc` and control groups. A figure that cannot be had is `None`.
//! * [`resource`]: the [`ResourceMonitor`], one thread that samples at an interval, sleeps without
//!   a timeout while the runtime is idle, and answers questions about its latest sample. Without a
//!   thread, a [`Ticker`] does the same when told to.
//! * [`metrics`]: what the runtime reports about itself. Histograms and task counts sharded by
//!   worker ([`ExecutionMetrics`]), the totals a worker publishes when it parks
//!   ([`WorkerCounters`]), and what it has timed of its polls ([`PollTimes`], [`PollCounts`]).
//! * [`export`]: all of it for other programs, as Prometheus's text or as JSON.
//!
//! ```text
//!   FileSource ──► parse ──► Counter ──► Sample ──► ResourceMonitor::latest, can_schedule_*
//!   (kept open)   (totals)  (differences)
//!   worker: WorkerStats (plain u64) ── on park ──► WorkerCounters ─┐
//!   worker: PollTimes ── no lock, one writer ──────────────────────┼──► RuntimeSnapshot
//!   worker: Recorder ── one uncontended lock ──► its own shard ────┴──► MetricsSnapshot
//! ```
//!
//! What is deliberately absent: policy. Nothing here slows down, wakes or refuses a task; turning
//! a sample into a limit is the runtime's business.

mod config;
mod error;
pub mod export;
pub mod metrics;
pub mod resource;
pub mod sample;

pub use config::ResourceMonitorConfig;
pub use error::MonitorError;
pub use export::Export;
pub use metrics::{
    BucketCounts, ExecutionMetrics, HistogramSnapshot, Lateness, LimitDecision, LimitSnapshot,
    MetricsSnapshot, PollBuckets, PollCounts, PollTimes, Recorder, RuntimeSnapshot, TaskCounts,
    TaskEnd, WorkerCounters, WorkerSnapshot, WorkerStats,
};
pub use resource::{MonitorBuilder, ResourceMonitor, Ticker, WorkerUsage};
pub use sample::{Pressure, ProcSampler, Sample, Sampler, Warning};
