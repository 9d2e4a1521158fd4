//! The queue for work from outside, which can be closed without losing anything.

use primitives::shim::atomic::{AtomicBool, Ordering};
use primitives::shim::{Mutant, SharedQueue};

/// An unbounded queue that any thread may push to and any worker may pop from.
///
/// # Closing
///
/// A push may race with [`close`](Self::close). Neither waits for the other; instead one of the
/// two is certain to notice:
///
/// ```text
///   push:  queue ← item        close:  closed ← true
///          fence(SeqCst)               fence(SeqCst)
///          read closed                 drain the queue
/// ```
///
/// Whichever fence comes second in the total order sees the other side's write: either the
/// closer's drain finds the item, or the pusher reads `closed` and is told to drain, which takes
/// out whatever is left, its own item included. Both may happen; the queue hands out each item
/// once.
///
/// It is unbounded because refusing a wake-up would lose it; what bounds it is the number of live
/// tasks, each of which is queued at most once.
#[derive(Debug)]
pub struct Injector<T> {
    queue: SharedQueue<T>,
    closed: AtomicBool,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "after a push into a closed injector nobody else may be left to drain it"]
pub enum Pushed {
    /// A worker will find the item.
    Accepted,
    /// The injector is closed: pop until it is empty and dispose of what comes out.
    Closed,
}

impl<T> Default for Injector<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Injector<T> {
    /// An open, empty injector.
    pub fn new() -> Self {
        Self { queue: SharedQueue::default(), closed: AtomicBool::new(false) }
    }

    /// Appends `item`.
    #[inline]
    pub fn push(&self, item: T) -> Pushed {
        self.queue.push(item);
        // ORDERING: pairs with the fence in `close`, see the type's documentation.
        Mutant::InjectorPushFence.fence();
        // ORDERING: Relaxed; the fence above orders it after the push.
        if self.closed.load(Ordering::Relaxed) { Pushed::Closed } else { Pushed::Accepted }
    }

    /// Takes the oldest item.
    #[inline]
    pub fn pop(&self) -> Option<T> {
        self.queue.pop()
    }

    /// From now on every push is answered with [`Pushed::Closed`]. The caller drains.
    pub fn close(&self) {
        // ORDERING: Relaxed; the fence below orders it before the caller's drain and pairs with
        // the fence in `push`.
        self.closed.store(true, Ordering::Relaxed);
        Mutant::InjectorCloseFence.fence();
    }

    /// Whether the queue was empty at some moment during the call.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many items there were at some moment during the call.
    pub fn len(&self) -> usize {
        self.queue.len()
    }
}
