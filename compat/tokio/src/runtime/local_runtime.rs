use std::future::Future;
use std::io;

use graph_runtime::runtime::{EnterGuard, Handle, RuntimeMetrics};
use graph_runtime::task::{JoinHandle, LocalEnterGuard, LocalSet};

use super::{Builder, Runtime};

/// How a [`LocalRuntime`] is to be: there is nothing to say yet.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct LocalOptions {}

/// A current-thread runtime whose tasks need not be `Send`: one with a [`LocalSet`] that
/// [`block_on`](Self::block_on) always drives.
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
    // Before the runtime, so that its tasks are dropped while there is one.
    tasks: LocalSet,
    runtime: Runtime,
}

impl LocalRuntime {
    /// A runtime on this thread.
    ///
    /// # Errors
    ///
    /// What the system says if it refuses a descriptor.
    pub fn new() -> io::Result<Self> {
        Builder::new_current_thread().build_local(LocalOptions::default())
    }

    pub(super) fn on(runtime: Runtime) -> Self {
        Self { tasks: LocalSet::new(), runtime }
    }

    /// A handle, for tasks that are `Send`.
    pub fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Spawns a task that need not be `Send`. It runs within [`block_on`](Self::block_on).
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.tasks.spawn_local(future)
    }

    /// Runs a closure on a thread where it may block.
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, func: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.runtime.spawn_blocking(func)
    }

    /// Runs `future` and the tasks until it is done.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        // For tasks that are spawned with `spawn`, and for what they spawn.
        let _entered = self.tasks.enter();
        self.tasks.block_on(&self.runtime, future)
    }

    /// Makes it this thread's current runtime, and its tasks those that `spawn_local` adds to.
    pub fn enter(&self) -> LocalRuntimeGuard<'_> {
        LocalRuntimeGuard { _tasks: self.tasks.enter(), _runtime: self.runtime.enter() }
    }

    /// What it counts.
    pub fn metrics(&self) -> RuntimeMetrics {
        self.handle().metrics()
    }
}

/// While it lives, the thread is on a [`LocalRuntime`]; made by [`LocalRuntime::enter`].
#[derive(Debug)]
#[must_use = "the runtime is left again when the guard is dropped"]
pub struct LocalRuntimeGuard<'a> {
    _tasks: LocalEnterGuard,
    _runtime: EnterGuard<'a>,
}
