//! Telling an attempt that it is to stop.

use super::batch::TaskRef;
use super::discard;
use super::waker_set::WakerSet;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicBool, Ordering};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A flag that is set once, and who waits for it.
#[derive(Debug, Default)]
pub(super) struct Cancellation {
    is_set: AtomicBool,
    /// Boxed, because hardly any task waits for this.
    waiting: Mutex<Option<Box<WakerSet>>>,
}

impl Cancellation {
    pub(super) fn is_set(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `set`.
        self.is_set.load(Ordering::Acquire)
    }

    /// Sets the flag and wakes everybody who waits for it.
    pub(super) fn set(&self) {
        // ORDERING: Release pairs with the Acquire in `is_set`. A future that did not see the flag
        // under the lock has left its waker there by the time the lock is ours.
        if self.is_set.swap(true, Ordering::AcqRel) {
            return;
        }
        let wakers: Vec<_> = self.waiting.lock().iter_mut().flat_map(|set| set.take()).collect();
        wakers.into_iter().for_each(discard::wake);
    }
}

/// Ready when the attempt is to stop. Made by
/// [`TaskContext::cancelled`](super::TaskContext::cancelled).
#[must_use = "futures do nothing unless they are awaited"]
pub struct Cancelled {
    task: TaskRef,
    place: Option<usize>,
}

impl Cancelled {
    pub(super) fn new(task: TaskRef) -> Self {
        Self { task, place: None }
    }
}

impl Future for Cancelled {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { task, place } = self.get_mut();
        let cancellation = &task.cancellation;
        if cancellation.is_set() {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        let mut waiting = cancellation.waiting.lock();
        if cancellation.is_set() {
            drop(waiting);
            return Poll::Ready(());
        }
        let before = waiting.get_or_insert_default().keep(place, waker);
        drop(waiting);
        drop(before);
        Poll::Pending
    }
}

impl Drop for Cancelled {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            let mut waiting = self.task.cancellation.waiting.lock();
            let waker = waiting.as_mut().and_then(|set| set.leave(place));
            drop(waiting);
            drop(waker);
        }
    }
}

impl fmt::Debug for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancelled").field("id", &self.task.id).finish_non_exhaustive()
    }
}
