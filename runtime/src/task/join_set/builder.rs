//! Starting tasks in a set about which there is something to say.

use super::JoinSet;
use crate::runtime::Handle;
use crate::task::{self, AbortHandle, LocalSet, Priority};
use crate::time::Instant;
use std::io;

/// As [`task::Builder`], for the tasks of a set; made by [`JoinSet::build_task`].
///
/// # Examples
///
/// ```
/// use graph_runtime::task::JoinSet;
///
/// # #[graph_runtime::main]
/// # async fn main() -> std::io::Result<()> {
/// let mut set = JoinSet::new();
/// set.build_task().name("answer").spawn(async { 42 })?;
/// assert_eq!(set.join_next().await.unwrap().unwrap(), 42);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing unless it spawns"]
pub struct Builder<'a, T> {
    set: &'a mut JoinSet<T>,
    builder: task::Builder<'a>,
}

impl<T> JoinSet<T> {
    /// Starts a task with a name, a priority or a deadline.
    pub fn build_task(&mut self) -> Builder<'_, T> {
        Builder { set: self, builder: task::Builder::new() }
    }
}

impl<'a, T: 'static> Builder<'a, T> {
    /// See [`task::Builder::name`].
    pub fn name(self, name: &'a str) -> Self {
        Self { builder: self.builder.name(name), ..self }
    }

    /// See [`task::Builder::priority`].
    pub fn priority(self, priority: impl Into<Priority>) -> Self {
        Self { builder: self.builder.priority(priority), ..self }
    }

    /// See [`task::Builder::deadline`].
    pub fn deadline(self, deadline: Instant) -> Self {
        Self { builder: self.builder.deadline(deadline), ..self }
    }

    /// Starts the task on the current runtime; see [`JoinSet::spawn`].
    ///
    /// # Errors
    ///
    /// As [`task::Builder::spawn`].
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> io::Result<AbortHandle>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send,
    {
        Ok(self.set.insert(self.builder.spawn(future)?))
    }

    /// Starts the task on the given runtime; see [`JoinSet::spawn_on`].
    ///
    /// # Errors
    ///
    /// As [`task::Builder::spawn`].
    #[track_caller]
    pub fn spawn_on<F>(self, future: F, handle: &Handle) -> io::Result<AbortHandle>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send,
    {
        Ok(self.set.insert(self.builder.spawn_on(future, handle)?))
    }

    /// Starts a task in the [`LocalSet`] that the calling code runs in; see
    /// [`JoinSet::spawn_local`].
    ///
    /// # Errors
    ///
    /// As [`task::Builder::spawn`].
    ///
    /// # Panics
    ///
    /// Outside of a set.
    #[track_caller]
    pub fn spawn_local<F>(self, future: F) -> io::Result<AbortHandle>
    where
        F: Future<Output = T> + 'static,
    {
        Ok(self.set.insert(self.builder.spawn_local(future)?))
    }

    /// Starts a task in the given [`LocalSet`]; see [`JoinSet::spawn_local_on`].
    ///
    /// # Errors
    ///
    /// As [`task::Builder::spawn`].
    #[track_caller]
    pub fn spawn_local_on<F>(self, future: F, local_set: &LocalSet) -> io::Result<AbortHandle>
    where
        F: Future<Output = T> + 'static,
    {
        Ok(self.set.insert(self.builder.spawn_local_on(future, local_set)?))
    }

    /// Runs a closure that may block; see [`JoinSet::spawn_blocking`].
    ///
    /// # Errors
    ///
    /// As [`task::Builder::spawn`].
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn_blocking<F>(self, closure: F) -> io::Result<AbortHandle>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send,
    {
        Ok(self.set.insert(self.builder.spawn_blocking(closure)?))
    }

    /// Runs a closure that may block; see [`JoinSet::spawn_blocking_on`].
    ///
    /// # Errors
    ///
    /// As [`task::Builder::spawn`].
    #[track_caller]
    pub fn spawn_blocking_on<F>(self, closure: F, handle: &Handle) -> io::Result<AbortHandle>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send,
    {
        Ok(self.set.insert(self.builder.spawn_blocking_on(closure, handle)?))
    }
}
