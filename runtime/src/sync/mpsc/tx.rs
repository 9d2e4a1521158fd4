//! What bounded and unbounded senders have in common.

use super::chan::Chan;
use primitives::shim::sync::Arc;
use std::ops::Deref;

/// One of the senders of a channel.
pub(super) struct Tx<T>(Arc<Chan<T>>);

/// A sender that does not keep the channel open.
pub(super) struct WeakTx<T>(Arc<Chan<T>>);

impl<T> Tx<T> {
    /// The first sender of a channel.
    pub(super) fn new(chan: Arc<Chan<T>>) -> Self {
        Self(chan)
    }

    pub(super) fn downgrade(&self) -> WeakTx<T> {
        self.0.senders.add_weak();
        WeakTx(Arc::clone(&self.0))
    }

    pub(super) fn same_channel(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> WeakTx<T> {
    pub(super) fn upgrade(&self) -> Option<Tx<T>> {
        self.0.senders.try_add().then(|| Tx(Arc::clone(&self.0)))
    }
}

impl<T> Clone for Tx<T> {
    fn clone(&self) -> Self {
        self.0.senders.add();
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Tx<T> {
    fn drop(&mut self) {
        self.0.remove_sender();
    }
}

impl<T> Clone for WeakTx<T> {
    fn clone(&self) -> Self {
        self.0.senders.add_weak();
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for WeakTx<T> {
    fn drop(&mut self) {
        self.0.senders.remove_weak();
    }
}

impl<T> Deref for Tx<T> {
    type Target = Chan<T>;

    #[inline]
    fn deref(&self) -> &Chan<T> {
        &self.0
    }
}

impl<T> Deref for WeakTx<T> {
    type Target = Chan<T>;

    fn deref(&self) -> &Chan<T> {
        &self.0
    }
}
