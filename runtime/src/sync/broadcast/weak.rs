//! A sender that does not keep the channel open.

use super::Sender;
use super::shared::Shared;
use std::fmt;
use std::sync::Arc;

/// A sender that does not keep the channel open; made by [`Sender::downgrade`].
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::broadcast;
///
/// let (sender, receiver) = broadcast::channel::<u32>(1);
/// let weak = sender.downgrade();
/// assert!(weak.upgrade().is_some());
/// drop(sender);
/// assert!(weak.upgrade().is_none() && receiver.is_closed());
/// ```
pub struct WeakSender<T>(Arc<Shared<T>>);

impl<T> WeakSender<T> {
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        shared.senders.add_weak();
        Self(shared)
    }

    /// A sender, unless the last one is gone.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        self.0.senders.try_add().then(|| Sender::from_shared(Arc::clone(&self.0)))
    }

    /// How many senders there are.
    pub fn strong_count(&self) -> usize {
        self.0.senders.count()
    }

    /// How many weak senders there are.
    pub fn weak_count(&self) -> usize {
        self.0.senders.weak()
    }
}

impl<T> Clone for WeakSender<T> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.0))
    }
}

impl<T> Drop for WeakSender<T> {
    fn drop(&mut self) {
        self.0.senders.remove_weak();
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").finish_non_exhaustive()
    }
}
