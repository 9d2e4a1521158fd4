//! A sender that does not keep an unbounded channel open.

use super::UnboundedSender;
use crate::sync::mpsc::tx::WeakTx;
use std::fmt;

/// A sender that does not keep the channel open; made by [`UnboundedSender::downgrade`].
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::mpsc::unbounded_channel;
///
/// let (sender, receiver) = unbounded_channel::<u32>();
/// let weak = sender.downgrade();
/// assert!(weak.upgrade().is_some());
/// drop(sender);
/// assert!(weak.upgrade().is_none() && receiver.is_closed());
/// ```
pub struct WeakUnboundedSender<T>(WeakTx<T>);

impl<T> WeakUnboundedSender<T> {
    pub(super) fn new(weak: WeakTx<T>) -> Self {
        Self(weak)
    }

    /// A sender, unless the last one is gone.
    pub fn upgrade(&self) -> Option<UnboundedSender<T>> {
        self.0.upgrade().map(UnboundedSender::new)
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

impl<T> Clone for WeakUnboundedSender<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for WeakUnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakUnboundedSender").finish_non_exhaustive()
    }
}
