//! Cancelling a task from elsewhere.

use super::Id;
use super::runnable::RawTask;
use std::fmt;

/// Can abort a task, any number of times, from any thread.
///
/// # Examples
///
/// ```
/// # use graph_runtime::runtime::Builder;
/// let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
/// runtime.block_on(async {
///     let task = graph_runtime::spawn(std::future::pending::<()>());
///     let abort = task.abort_handle();
///     abort.abort();
///     assert!(task.await.unwrap_err().is_cancelled());
///     assert!(abort.is_finished());
/// });
/// ```
pub struct AbortHandle(RawTask);

// SAFETY: only the state word is reached through it, and RawTask is Send.
unsafe impl Sync for AbortHandle {}

impl std::panic::UnwindSafe for AbortHandle {}
impl std::panic::RefUnwindSafe for AbortHandle {}

impl AbortHandle {
    pub(super) fn new(task: RawTask) -> Self {
        task.header().state.retain();
        Self(task)
    }

    /// The task's id.
    pub fn id(&self) -> Id {
        self.0.id()
    }

    /// Asks for the task to be dropped at its next suspension. A task that has completed stays
    /// completed; a closure of `spawn_blocking` that has started runs to its end.
    pub fn abort(&self) {
        self.0.abort();
    }

    /// Drops the future here and now, unless a thread is polling it; that one will.
    ///
    /// For the thread that the task belongs to, if it belongs to one.
    pub(crate) fn shut_down(&self) {
        self.0.shut_down();
    }

    /// Whether the task has completed.
    pub fn is_finished(&self) -> bool {
        self.0.header().state.is_complete()
    }

    /// Whether an abort has been asked for, of whichever handle.
    pub fn is_aborted(&self) -> bool {
        self.0.header().state.is_aborted()
    }
}

impl Clone for AbortHandle {
    fn clone(&self) -> Self {
        Self::new(self.0)
    }
}

impl Drop for AbortHandle {
    fn drop(&mut self) {
        // SAFETY: the handle's own reference.
        unsafe { self.0.release(1) }
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle").field("id", &self.id()).finish_non_exhaustive()
    }
}
