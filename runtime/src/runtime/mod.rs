//! Building, entering and shutting down a runtime.

mod builder;
mod config;
mod current_thread;
mod error;
mod exits;
mod handle;
mod live_metrics;
mod local_runtime;
mod metrics;
mod multi_thread;
mod root;
mod runtime_type;
mod task_meta;
mod wait;

pub use builder::Builder;
pub use error::{BuildError, TryCurrentError};
pub use handle::{EnterGuard, Handle};
pub use local_runtime::{LocalOptions, LocalRuntime, LocalRuntimeGuard};
pub use metrics::RuntimeMetrics;
pub use runtime_type::{Runtime, RuntimeFlavor};
pub use task_meta::TaskMeta;

pub(crate) use config::Config;
pub(crate) use wait::Wait;
