use std::io;
use std::ops::Deref;
use std::time::Duration;

use graph_runtime::runtime;

use super::builder::to_io_error;

/// A runtime: graph_runtime's, which is what it dereferences to, with tokio's kind of error.
///
/// ```
/// let runtime = tokio::runtime::Runtime::new()?;
/// let task = runtime.spawn(async { 6 * 7 });
/// assert_eq!(runtime.block_on(task)?, 42);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Runtime {
    inner: runtime::Runtime,
}

impl Runtime {
    /// A runtime with a worker for each processor.
    ///
    /// # Errors
    ///
    /// What the system says if it refuses a thread or a descriptor.
    pub fn new() -> io::Result<Self> {
        runtime::Runtime::new().map(Self::from).map_err(to_io_error)
    }

    /// Shuts it down, waiting for no longer than `duration`.
    pub fn shutdown_timeout(self, duration: Duration) {
        self.inner.shutdown_timeout(duration);
    }

    /// Shuts it down without waiting.
    pub fn shutdown_background(self) {
        self.inner.shutdown_background();
    }
}

impl Deref for Runtime {
    type Target = runtime::Runtime;

    fn deref(&self) -> &runtime::Runtime {
        &self.inner
    }
}

impl From<runtime::Runtime> for Runtime {
    fn from(inner: runtime::Runtime) -> Self {
        Self { inner }
    }
}
