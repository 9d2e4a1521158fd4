//! Waiting for tasks to end, without their outputs.
//!
//! ```text
//!   word:  │ tasks that live │ closed │
//! ```
//!
//! Whoever brings the word to "none, closed", by ending the last task or by closing without one,
//! wakes everybody who waits. Waiting is over when that has happened, also if there are tasks again
//! by the time that it is noticed.

#![deny(unsafe_code)] // Safe code on top of tasks and signals.

mod spawn;
mod token;
mod waiting;

pub use token::{TaskTrackerToken, TrackedFuture};
pub use waiting::TaskTrackerWaitFuture;

use crate::sync::Notify;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use std::fmt;
use std::sync::Arc;

/// No more tasks are expected.
const CLOSED: usize = 1;
/// One task.
const TASK: usize = 2;

/// Knows how many tasks of a kind live, and lets others wait until none does. With
/// [`CancellationToken`](crate::cancel::CancellationToken) it is what a graceful shutdown needs.
///
/// Unlike a [`JoinSet`](crate::task::JoinSet) it keeps no outputs, so it may be used for as long as
/// a program runs; it neither aborts tasks when it is dropped nor has to be polled. Clones are the
/// same tracker. A task counts until its future has been dropped.
///
/// # Examples
///
/// ```
/// use graph_runtime::cancel::CancellationToken;
/// use graph_runtime::task::TaskTracker;
///
/// #[graph_runtime::main]
/// async fn main() {
///     let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
///     for _ in 0..10 {
///         let stop = stop.clone();
///         tracker.spawn(async move { stop.cancelled().await });
///     }
///     stop.cancel();
///     tracker.close();
///     tracker.wait().await;
///     assert!(tracker.is_empty());
/// }
/// ```
pub struct TaskTracker {
    shared: Arc<Shared>,
}

/// What the clones of a tracker share with its tasks.
#[derive(Debug)]
struct Shared {
    word: AtomicUsize,
    ended: Notify,
}

impl Shared {
    fn is_closed_and_empty(&self) -> bool {
        // ORDERING: Acquire pairs with the Release of the tasks that have ended.
        self.word.load(Ordering::Acquire) == CLOSED
    }

    fn begin(&self) {
        // ORDERING: Relaxed: starting publishes nothing, and its end comes after it.
        self.word.fetch_add(TASK, Ordering::Relaxed);
    }

    fn end(&self) {
        // ORDERING: Release publishes what the task has done to the Acquire of whoever has waited;
        // Acquire, so that the last one passes on what the others have published.
        if self.word.fetch_sub(TASK, Ordering::AcqRel) == TASK | CLOSED {
            self.ended.notify_waiters();
        }
    }

    fn close(&self) -> bool {
        // ORDERING: as in `end`.
        let before = self.word.fetch_or(CLOSED, Ordering::AcqRel);
        if before == 0 {
            self.ended.notify_waiters();
        }
        before & CLOSED == 0
    }

    fn reopen(&self) -> bool {
        // ORDERING: Acquire and Release keep what the tasks have published in the word's history.
        self.word.fetch_and(!CLOSED, Ordering::AcqRel) & CLOSED != 0
    }
}

impl TaskTracker {
    /// An open tracker without tasks.
    pub fn new() -> Self {
        Self { shared: Arc::new(Shared { word: AtomicUsize::new(0), ended: Notify::new() }) }
    }

    /// Waits until the tracker is closed and no task lives, both at once at some moment since this
    /// call, or at it.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub fn wait(&self) -> TaskTrackerWaitFuture<'_> {
        TaskTrackerWaitFuture::new(&self.shared)
    }

    /// Lets those who wait go as soon as no task lives. Tasks may be started all the same. True if
    /// it was open.
    pub fn close(&self) -> bool {
        self.shared.close()
    }

    /// Keeps those waiting who come from now on, also when no task lives. True if it was closed.
    pub fn reopen(&self) -> bool {
        self.shared.reopen()
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        // ORDERING: Acquire as in `is_closed_and_empty`.
        self.shared.word.load(Ordering::Acquire) & CLOSED != 0
    }

    /// How many tasks live.
    pub fn len(&self) -> usize {
        // ORDERING: Acquire as in `is_closed_and_empty`.
        self.shared.word.load(Ordering::Acquire) / TASK
    }

    /// Whether no task lives.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counts as a task until it is dropped.
    pub fn token(&self) -> TaskTrackerToken {
        TaskTrackerToken::new(self.clone())
    }

    /// Counts as a task until the future is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::task::TaskTracker;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let tracker = TaskTracker::new();
    /// let future = tracker.track_future(async { 5 });
    /// assert_eq!((tracker.len(), future.await, tracker.len()), (1, 5, 0));
    /// # }
    /// ```
    pub fn track_future<F: Future>(&self, future: F) -> TrackedFuture<F> {
        TrackedFuture::new(future, self.token())
    }

    /// Whether they are clones of each other.
    pub fn ptr_eq(left: &Self, right: &Self) -> bool {
        Arc::ptr_eq(&left.shared, &right.shared)
    }
}

impl Default for TaskTracker {
    fn default() -> Self {
        Self::new()
    }
}

/// The same tracker.
impl Clone for TaskTracker {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl fmt::Debug for TaskTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskTracker")
            .field("len", &self.len())
            .field("is_closed", &self.is_closed())
            .finish()
    }
}
