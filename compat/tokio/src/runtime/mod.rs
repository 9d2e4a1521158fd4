//! Building and entering a runtime, in tokio's shapes.

mod builder;
mod local_runtime;
mod runtime_type;

pub use builder::Builder;
pub use graph_runtime::runtime::{
    EnterGuard, Handle, LocalOptions, LocalRuntimeGuard, RuntimeFlavor, RuntimeMetrics, TaskMeta,
    TryCurrentError,
};
pub use local_runtime::LocalRuntime;
pub use runtime_type::Runtime;
