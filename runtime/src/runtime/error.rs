//! Why there is no runtime.

use std::io;
use thiserror::Error;

/// A runtime could not be built.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::Builder;
///
/// let error = Builder::new_multi_thread().worker_threads(0).build().unwrap_err();
/// assert!(error.is_config());
/// assert!(error.to_string().contains("worker_threads"));
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// An option of the builder makes no sense.
    #[error("{field} is {value}, but {requirement}")]
    #[non_exhaustive]
    Config {
        /// The builder's method.
        field: &'static str,
        /// What it was given.
        value: String,
        /// What it must be, and why.
        requirement: &'static str,
    },
    /// The system refused a thread or a descriptor.
    #[error("the system refuses {what}: {source}")]
    #[non_exhaustive]
    System {
        /// What was asked for.
        what: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// The resource monitor could not be started.
    #[error("the resource monitor cannot start: {0}")]
    Monitor(#[from] monitor::MonitorError),
}

impl BuildError {
    pub(crate) fn config(
        field: &'static str,
        value: impl ToString,
        requirement: &'static str,
    ) -> Self {
        Self::Config { field, value: value.to_string(), requirement }
    }

    pub(crate) fn system(what: &'static str, source: io::Error) -> Self {
        Self::System { what, source }
    }

    /// Whether an option of the builder makes no sense.
    pub fn is_config(&self) -> bool {
        match self {
            Self::Config { .. } => true,
            Self::Monitor(error) => error.is_invalid_config(),
            Self::System { .. } => false,
        }
    }

    /// Whether the system refused something; trying again later may help.
    pub fn is_system(&self) -> bool {
        match self {
            Self::System { .. } => true,
            Self::Monitor(error) => error.is_thread_start(),
            Self::Config { .. } => false,
        }
    }
}

/// Whether an operation failed because the runtime in which it had to wait has shut down.
///
/// So fail sockets, pipes, processes and descriptors that are used after their runtime. It does not
/// hold for an error made of a [`JoinError`](crate::task::JoinError).
///
/// # Examples
///
/// ```
/// use graph_runtime::net::TcpListener;
/// use graph_runtime::runtime::{Builder, is_rt_shutdown_err};
///
/// let [first, second] = [(); 2].map(|()| Builder::new_current_thread().build().unwrap());
/// let listener = first.block_on(TcpListener::bind("127.0.0.1:0"))?;
/// drop(first);
/// let error = second.block_on(listener.accept()).unwrap_err();
/// assert!(is_rt_shutdown_err(&error));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn is_rt_shutdown_err(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && crate::net::is_shut_down(error)
}

/// There is no current runtime.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct TryCurrentError {
    message: &'static str,
    is_thread_ending: bool,
}

impl TryCurrentError {
    pub(crate) fn outside() -> Self {
        Self {
            is_thread_ending: false,
            // The words in brackets are what is known, and searched for, from tokio.
            message: "there is no current graph_runtime runtime on this thread; call this from \
                      within `Runtime::block_on`, a spawned task, or a scope of `Handle::enter` \
                      (there is no reactor running, must be called from the context of a Tokio \
                      1.x runtime)",
        }
    }

    pub(crate) fn thread_ending() -> Self {
        let message = "this thread is ending and no longer knows its graph_runtime runtime";
        Self { message, is_thread_ending: true }
    }

    /// Whether the thread has not entered a runtime.
    pub fn is_missing_context(&self) -> bool {
        !self.is_thread_ending
    }

    /// Whether the thread is about to end, so that nothing is known of it any more.
    pub fn is_thread_local_destroyed(&self) -> bool {
        self.is_thread_ending
    }
}
