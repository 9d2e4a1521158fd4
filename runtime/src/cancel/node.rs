//! What the clones of a token share.

use super::tree::{Place, Tree};
use primitives::shim::atomic::{AtomicBool, Ordering};
use primitives::wait_queue::{Queued, WaitQueue};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Weak};

/// A flag that is set once, and whoever waits for that.
pub(super) struct Node {
    cancelled: AtomicBool,
    queue: WaitQueue<(), ()>,
    /// Where it is; a node that was cancelled from the beginning is nowhere.
    place: Option<(Arc<Tree>, Place)>,
}

/// Waiting for a node to be cancelled.
#[derive(Debug)]
pub(super) struct Cancelled;

impl Queued for Cancelled {
    type Owner = Node;
    type State = ();
    type Note = ();

    fn wait_queue(node: &Node) -> &WaitQueue<(), ()> {
        &node.queue
    }
}

impl Node {
    fn new(place: Option<(Arc<Tree>, Place)>) -> Arc<Self> {
        let cancelled = AtomicBool::new(place.is_none());
        Arc::new(Self { cancelled, queue: WaitQueue::new(()), place })
    }

    /// The root of a tree of its own.
    pub(super) fn root() -> Arc<Self> {
        let tree = Arc::new(Tree::default());
        let make = |place| Self::new(Some((Arc::clone(&tree), place)));
        tree.plant(make)
    }

    /// A child, cancelled already if this node is.
    pub(super) fn child(&self) -> Arc<Self> {
        let child = self.place.as_ref().and_then(|(tree, place)| {
            tree.add_child(*place, |place| Self::new(Some((Arc::clone(tree), place))))
        });
        child.unwrap_or_else(|| Self::new(None))
    }

    pub(super) fn is_cancelled(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `mark`: what came before the call of `cancel`
        // is seen by whoever learns of it.
        self.cancelled.load(Ordering::Acquire)
    }

    /// Cancels this node and all below it.
    pub(super) fn cancel(&self) {
        if self.is_cancelled() {
            return;
        }
        let Some((tree, place)) = &self.place else { return };
        let mut first_panic = None;
        for node in tree.cut(*place, |node: &Self| node.mark()) {
            let woken = catch_unwind(AssertUnwindSafe(|| node.wake()));
            first_panic = first_panic.or(woken.err());
        }
        if let Some(payload) = first_panic {
            resume_unwind(payload);
        }
    }

    #[cfg(test)]
    pub(super) fn tree(&self) -> &Tree {
        &self.place.as_ref().expect("it was not made cancelled").0
    }

    /// Under the tree's lock.
    fn mark(&self) {
        // ORDERING: Release pairs with the Acquire in `is_cancelled`. Who is about to wait looks
        // again under the lock of the queue, which `wake` takes after this.
        self.cancelled.store(true, Ordering::Release);
    }

    /// Wakes everybody who waits. It is marked, so nobody comes after them.
    fn wake(&self) {
        self.queue.wake_each(self.queue.lock(), |queue| queue.wake_front());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // One that is being cancelled at this moment has left when the lock is free.
        if let Some((tree, place)) = &self.place
            && !self.is_cancelled()
        {
            tree.leave(*place);
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

/// How a tree refers to a node: it does not keep it.
pub(super) type Member = Weak<Node>;
