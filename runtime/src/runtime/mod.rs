//! Building, entering and shutting down a runtime.

mod builder;
mod config;
mod current_thread;
mod dump;
mod error;
mod exits;
mod export;
mod handle;
mod histograms;
mod id;
mod live_metrics;
mod local_runtime;
mod metrics;
mod multi_thread;
mod processors;
mod renamed_metrics;
mod rng_seed;
mod root;
mod runtime_type;
mod stall;
mod task_meta;
mod thread_hooks;
mod thread_names;
mod unhandled_panic;
mod wait;
mod watcher;
mod worker_index;

pub use builder::Builder;
pub use dump::{Dump, TaskDump, TaskKind, TaskState, dump};
pub use error::{BuildError, TryCurrentError, is_rt_shutdown_err};
pub use handle::{EnterGuard, Handle};
pub use id::Id;
pub use local_runtime::{LocalOptions, LocalRuntime, LocalRuntimeGuard};
pub use metrics::RuntimeMetrics;
pub use rng_seed::RngSeed;
pub use runtime_type::{Runtime, RuntimeFlavor};
pub use stall::{StallCause, StallMetrics, StallReport};
pub use task_meta::TaskMeta;
pub use unhandled_panic::UnhandledPanic;
pub use worker_index::worker_index;

pub(crate) use config::Config;
pub(crate) use processors::Processors;
pub(crate) use thread_hooks::{ThreadHooks, call};
pub(crate) use thread_names::ThreadNames;
pub(crate) use wait::Wait;
