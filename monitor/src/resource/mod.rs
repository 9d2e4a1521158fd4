//! The monitor: who samples when, and what the latest sample says.

mod board;
mod builder;
mod gate;
mod resource_monitor;
mod ticker;
mod workers;

pub use builder::MonitorBuilder;
pub use resource_monitor::ResourceMonitor;
pub use ticker::Ticker;
pub use workers::{WORKERS_MAX, WorkerUsage};
