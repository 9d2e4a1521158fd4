//! Building and entering a runtime, in tokio's shapes.

mod builder;
mod histogram_configuration;
mod histogram_methods;
mod histogram_option;
mod local_runtime;
mod log_histogram;
mod runtime_type;

pub use builder::Builder;
pub use graph_runtime::runtime::{
    EnterGuard, Handle, Id, LocalOptions, LocalRuntimeGuard, RngSeed, RuntimeFlavor,
    RuntimeMetrics, TaskMeta, TryCurrentError, UnhandledPanic, is_rt_shutdown_err, worker_index,
};
pub use histogram_configuration::HistogramConfiguration;
pub use histogram_option::HistogramScale;
pub use local_runtime::LocalRuntime;
pub use log_histogram::{InvalidHistogramConfiguration, LogHistogram, LogHistogramBuilder};
pub use runtime_type::Runtime;
