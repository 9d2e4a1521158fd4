//! A runtime that stays on its thread, and its tasks with it.

use super::{BuildError, Builder, EnterGuard, Handle, Runtime, RuntimeMetrics, Wait};
use crate::task::{JoinHandle, LocalEnterGuard, LocalSet};
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

/// Options of a [`LocalRuntime`]; there are none yet.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LocalOptions {
    /// Options to come may belong to the thread.
    of_this_thread: PhantomData<*const ()>,
}

/// A current-thread runtime that cannot be given to another thread, so that
/// [`spawn_local`](crate::task::spawn_local) works everywhere on it, and its tasks need not be
/// `Send`.
///
/// It is a [`Runtime`] and a [`LocalSet`] which every [`block_on`](Self::block_on) drives. Dropping
/// it drops the tasks of the set first, and then shuts the runtime down.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::LocalRuntime;
/// use graph_runtime::task::spawn_local;
/// use std::rc::Rc;
///
/// let runtime = LocalRuntime::new()?;
/// let text = Rc::new("not Send".to_owned());
/// let length = runtime.block_on(async move {
///     spawn_local(async move { text.len() }).await.unwrap()
/// });
/// assert_eq!(length, 8);
/// # Ok::<(), graph_runtime::runtime::BuildError>(())
/// ```
pub struct LocalRuntime {
    /// Until it is dropped.
    set: Option<LocalSet>,
    runtime: Runtime,
}

impl LocalRuntime {
    /// A local runtime with default options.
    ///
    /// # Errors
    ///
    /// If the system refuses a descriptor.
    pub fn new() -> Result<Self, BuildError> {
        Builder::new_current_thread().build_local(LocalOptions::default())
    }

    pub(super) fn on(runtime: Runtime) -> Self {
        Self { set: Some(LocalSet::new()), runtime }
    }

    fn set(&self) -> &LocalSet {
        self.set.as_ref().expect("it is there until the drop")
    }

    /// A handle to the runtime, for other threads. What they spawn has to be `Send`, and runs here.
    pub fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Starts a task, which need not be `Send`. It runs within [`block_on`](Self::block_on).
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.set().spawn_local(future)
    }

    /// Runs a closure that may block; see [`Handle::spawn_blocking`].
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, closure: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.runtime.spawn_blocking(closure)
    }

    /// Runs a future, and all tasks beside it, on the calling thread until the future is done.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks already, and if the future panics.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        // For the tasks that are not of the set as well.
        let _entered = self.set().enter();
        self.set().block_on(&self.runtime, future)
    }

    /// Makes this the calling thread's current runtime, and its set of local tasks the current one,
    /// until the guard is dropped. Guards must be dropped in the reverse order of their making.
    pub fn enter(&self) -> LocalRuntimeGuard<'_> {
        LocalRuntimeGuard { _set: self.set().enter(), _runtime: self.runtime.enter() }
    }

    /// Drops all tasks and shuts down, but waits no longer than `duration` for blocking closures;
    /// see [`Runtime::shutdown_timeout`].
    ///
    /// # Panics
    ///
    /// As that.
    #[track_caller]
    pub fn shutdown_timeout(mut self, duration: Duration) {
        self.drop_set();
        self.runtime.stop_from_here(Wait::at_most(duration));
    }

    /// Drops all tasks and shuts down without waiting for anything; see
    /// [`Runtime::shutdown_background`].
    pub fn shutdown_background(mut self) {
        self.drop_set();
        self.runtime.stop_from_here(Wait::Not);
    }

    fn drop_set(&mut self) {
        // What the tasks do when they are dropped may need the runtime.
        let _entered = self.runtime.enter();
        drop(self.set.take());
    }

    /// What the runtime has done so far. Tasks of the set are not in its books.
    pub fn metrics(&self) -> RuntimeMetrics {
        self.handle().metrics()
    }
}

impl Drop for LocalRuntime {
    fn drop(&mut self) {
        self.drop_set();
    }
}

impl fmt::Debug for LocalRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalRuntime").finish_non_exhaustive()
    }
}

/// While it lives, the thread is on a [`LocalRuntime`]. See [`LocalRuntime::enter`].
#[derive(Debug)]
#[must_use = "the runtime is left again when the guard is dropped"]
pub struct LocalRuntimeGuard<'a> {
    _set: LocalEnterGuard,
    _runtime: EnterGuard<'a>,
}
