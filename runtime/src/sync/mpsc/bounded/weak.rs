//! A sender that does not keep a bounded channel open.

use super::Sender;
use crate::sync::mpsc::tx::WeakTx;
use std::fmt;

/// A sender that does not keep the channel open; made by [`Sender::downgrade`].
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::mpsc::channel;
///
/// let (sender, receiver) = channel::<u32>(8);
/// let weak = sender.downgrade();
/// assert!(weak.upgrade().is_some());
/// drop(sender);
/// assert!(weak.upgrade().is_none() && receiver.is_closed());
/// ```
pub struct WeakSender<T>(WeakTx<T>);

impl<T> WeakSender<T> {
    pub(super) fn new(weak: WeakTx<T>) -> Self {
        Self(weak)
    }

    /// A sender, unless the last one is gone.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        self.0.upgrade().map(Sender::new)
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
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").finish_non_exhaustive()
    }
}
