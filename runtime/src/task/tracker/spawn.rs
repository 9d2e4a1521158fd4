//! Starting tasks that are counted.

use super::TaskTracker;
use crate::runtime::Handle;
use crate::task::{JoinHandle, LocalSet, spawn, spawn_blocking, spawn_local};

impl TaskTracker {
    /// Starts a task on the current runtime; see [`spawn`](crate::spawn).
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        spawn(self.track_future(future))
    }

    /// Starts a task on the given runtime; see [`Handle::spawn`].
    #[track_caller]
    pub fn spawn_on<F>(&self, future: F, handle: &Handle) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        handle.spawn(self.track_future(future))
    }

    /// Starts a task in the current [`LocalSet`]; see [`spawn_local`].
    ///
    /// # Panics
    ///
    /// Outside of a set.
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        spawn_local(self.track_future(future))
    }

    /// Starts a task in the given [`LocalSet`]; see [`LocalSet::spawn_local`].
    #[track_caller]
    pub fn spawn_local_on<F>(&self, future: F, local_set: &LocalSet) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        local_set.spawn_local(self.track_future(future))
    }

    /// Runs a closure that may block; see [`spawn_blocking`]. It counts until it has
    /// returned, or is dropped without having been called.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, closure: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        spawn_blocking(self.track_closure(closure))
    }

    /// The same on the given runtime; see [`Handle::spawn_blocking`].
    #[track_caller]
    pub fn spawn_blocking_on<F, R>(&self, closure: F, handle: &Handle) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        handle.spawn_blocking(self.track_closure(closure))
    }

    fn track_closure<F, R>(&self, closure: F) -> impl FnOnce() -> R + use<F, R>
    where
        F: FnOnce() -> R,
    {
        let token = self.token();
        move || {
            let result = closure();
            drop(token);
            result
        }
    }
}
