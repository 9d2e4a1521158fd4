//! graph_runtime's [`CancellationToken`](sync::CancellationToken) and
//! [`TaskTracker`](task::TaskTracker) under tokio-util's paths.
//!
//! tokio-util itself compiles on the facade of tokio, with all its features, and is then the same
//! code as always. This crate is for programs that use nothing else of it and want graph_runtime's:
//!
//! ```toml
//! [patch.crates-io]
//! tokio-util = { path = "path/to/graph_runtime/compat/tokio-util" }
//! ```
//!
//! ```
//! use tokio_util::sync::CancellationToken;
//! use tokio_util::task::TaskTracker;
//!
//! let runtime = graph_runtime::runtime::Runtime::new()?;
//! runtime.block_on(async {
//!     let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
//!     tracker.spawn(stop.clone().cancelled_owned());
//!     tracker.close();
//!     stop.cancel();
//!     tracker.wait().await;
//! });
//! # Ok::<(), graph_runtime::runtime::BuildError>(())
//! ```

/// Asking tasks to end.
pub mod sync {
    pub use graph_runtime::cancel::{
        CancellationToken, DropGuard, DropGuardRef, WaitForCancellationFuture,
        WaitForCancellationFutureOwned,
    };
}

/// Waiting until tasks have ended.
pub mod task {
    pub use graph_runtime::task::{TaskTracker, TaskTrackerToken};

    /// What belongs to [`TaskTracker`].
    pub mod task_tracker {
        pub use graph_runtime::task::{
            TaskTracker, TaskTrackerToken, TaskTrackerWaitFuture, TrackedFuture,
        };
    }
}
