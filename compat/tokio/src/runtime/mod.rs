//! Building and entering a runtime, in tokio's shapes.

mod builder;
mod runtime_type;

pub use builder::Builder;
pub use graph_runtime::runtime::{
    EnterGuard, Handle, RuntimeFlavor, RuntimeMetrics, TryCurrentError,
};
pub use runtime_type::Runtime;
