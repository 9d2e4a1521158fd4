//! Building, entering and shutting down a runtime.

mod builder;
mod config;
mod current_thread;
mod error;
mod handle;
mod metrics;
mod multi_thread;
mod root;
mod runtime_type;

pub use builder::Builder;
pub use error::{BuildError, TryCurrentError};
pub use handle::{EnterGuard, Handle};
pub use metrics::RuntimeMetrics;
pub use runtime_type::{Runtime, RuntimeFlavor};

pub(crate) use config::Config;
