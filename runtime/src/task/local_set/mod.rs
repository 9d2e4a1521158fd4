//! Tasks that stay on one thread, and so need not be `Send`.
//!
//! ```text
//!   LocalSet ── Context (its thread's alone)         Shared (everybody's: wakers reach it)
//!               ┌────────────────────────┐           ┌──────────────────────────────────┐
//!               │ queue                  │◄── all ───│ inbox   waker of whoever polls   │
//!               │                        │── edits ─►│ live tasks, for the dump         │
//!               └────────────────────────┘           └──────────────────────────────────┘
//!                   ▲ wakes while it is polled             ▲ wakes from anywhere else
//! ```
//!
//! # Why its tasks need not be `Send`
//!
//! 1. A context is reached through an `Rc` and thread-locals, so only by its own thread. Only that
//!    runs what is queued, and only that drops the set. Tasks end in these two places only.
//! 2. Dropping the set first ends every task, then closes the inbox. Until it is closed other
//!    threads only push into it. What they push later, and drop themselves because it is closed, is
//!    a task that has ended: the future is gone, and dropping the runnable only counts down.
//! 3. A dump takes references to live tasks, on any thread, and looks at their words. It ends none;
//!    and what its last reference frees is the cell of a task that has ended, without anything in
//!    it that is not `Send`.
//! 4. Outputs are dropped by the thread that ends the task, or by the join handle, which is `Send`
//!    only if the output is.

mod context;
mod current;
mod run_until;
mod shared;
mod spawn;

pub use current::LocalEnterGuard;
pub(crate) use current::is_running;
pub(crate) use shared::Shared as LocalShared;
pub(super) use spawn::spawn_in_entered;
pub use spawn::spawn_local;

use super::{Annotation, JoinHandle};
use crate::runtime::{Runtime, UnhandledPanic};
use context::Context;
use run_until::RunUntil;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{self, Poll};

/// A set of tasks that all run on the thread that has the set, and so need not be `Send`.
///
/// They run while the set is polled: by [`run_until`](Self::run_until), which runs them beside
/// another future, or by awaiting the set itself, which ends when all of them have. Inside,
/// [`spawn_local`] adds to the set. In one poll at most 61 steps are made, so that other tasks of
/// the same thread get their turn.
///
/// Dropping the set drops its tasks; their join handles say that they were cancelled.
///
/// # Examples
///
/// ```
/// use graph_runtime::task::{LocalSet, spawn_local};
/// use std::rc::Rc;
///
/// #[graph_runtime::main]
/// async fn main() {
///     let set = LocalSet::new();
///     let length = set.run_until(async {
///         let text = Rc::new("not Send".to_owned());
///         let clone = Rc::clone(&text);
///         spawn_local(async move { clone.len() }).await.unwrap()
///     });
///     assert_eq!(length.await, 8);
/// }
/// ```
pub struct LocalSet {
    context: Rc<Context>,
}

impl LocalSet {
    /// A set without tasks.
    pub fn new() -> Self {
        Self { context: Rc::new(Context::new()) }
    }

    /// Says what happens when a task panics. By default that is the task's result, and nobody
    /// else's affair. With [`UnhandledPanic::ShutdownRuntime`] all tasks of the set are dropped,
    /// and so is every task that is added later; and whoever polls the set panics, then and from
    /// then on.
    pub fn unhandled_panic(&mut self, behavior: UnhandledPanic) -> &mut Self {
        self.context.on_panic(behavior);
        self
    }

    /// Makes this the set that [`spawn_local`] refers to on this thread, until the guard is
    /// dropped. Guards must be dropped in the reverse order of their making.
    pub fn enter(&self) -> LocalEnterGuard {
        LocalEnterGuard::new(&self.context)
    }

    /// Adds a task. It runs when the set is polled.
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.context.spawn(future, Location::caller(), None)
    }

    /// Adds a task with something to say.
    pub(super) fn spawn_annotated<F>(
        &self,
        future: F,
        site: &'static Location<'static>,
        annotation: Annotation,
    ) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.context.spawn(future, site, Some(annotation))
    }

    /// Runs a future, and the tasks of the set beside it, until the future is done.
    ///
    /// Tasks that have not ended by then stay in the set, and go on when it is polled again.
    ///
    /// # Cancel safety
    ///
    /// That of the future.
    pub async fn run_until<F: Future>(&self, future: F) -> F::Output {
        RunUntil::new(&self.context, future).await
    }

    /// Does the same on a runtime, and blocks until the future is done; see [`Runtime::block_on`].
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks already, and if the future panics.
    #[track_caller]
    pub fn block_on<F: Future>(&self, runtime: &Runtime, future: F) -> F::Output {
        runtime.block_on(self.run_until(future))
    }
}

/// Is done when no task is left.
impl Future for LocalSet {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<()> {
        self.context.register(context.waker());
        let has_more = current::run(&self.context, || self.context.tick());
        if has_more.expect("sets are polled while the thread has its locals") {
            context.waker().wake_by_ref();
        } else if self.context.is_empty() {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for LocalSet {
    fn drop(&mut self) {
        if current::run(&self.context, || self.context.close()).is_none() {
            self.context.close();
        }
    }
}

impl Default for LocalSet {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for LocalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSet").finish_non_exhaustive()
    }
}
