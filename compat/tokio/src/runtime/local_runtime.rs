use std::io;
use std::ops::Deref;
use std::time::Duration;

use graph_runtime::runtime;

use super::builder::to_io_error;

/// A current-thread runtime whose tasks need not be `Send`: graph_runtime's, which is what it
/// dereferences to, with tokio's kind of error.
///
/// ```
/// use std::rc::Rc;
///
/// let runtime = tokio::runtime::LocalRuntime::new()?;
/// let six = Rc::new(6);
/// let task = runtime.spawn_local(async move { *six * 7 });
/// assert_eq!(runtime.block_on(task)?, 42);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct LocalRuntime {
    inner: runtime::LocalRuntime,
}

impl LocalRuntime {
    /// A runtime on this thread.
    ///
    /// # Errors
    ///
    /// What the system says if it refuses a descriptor.
    pub fn new() -> io::Result<Self> {
        runtime::LocalRuntime::new().map(Self::from).map_err(to_io_error)
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

impl Deref for LocalRuntime {
    type Target = runtime::LocalRuntime;

    fn deref(&self) -> &runtime::LocalRuntime {
        &self.inner
    }
}

impl From<runtime::LocalRuntime> for LocalRuntime {
    fn from(inner: runtime::LocalRuntime) -> Self {
        Self { inner }
    }
}
