//! Building and entering a runtime, in tokio's shapes.

mod builder;
mod local_runtime;
mod runtime_type;

pub use builder::Builder;
pub use graph_runtime::runtime::{
    EnterGuard, Handle, Id, LocalOptions, LocalRuntimeGuard, RngSeed, RuntimeFlavor,
    RuntimeMetrics, TaskMeta, TryCurrentError, UnhandledPanic, is_rt_shutdown_err, worker_index,
};
pub use local_runtime::LocalRuntime;
pub use runtime_type::Runtime;
