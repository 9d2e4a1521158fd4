//! The sending end.

use super::error::SendError;
use super::shared::Shared;
use super::{Receiver, WeakSender};
use std::fmt;
use std::sync::Arc;

/// Sends messages to all receivers; made by [`channel`](super::channel). Clones send to the same
/// receivers.
pub struct Sender<T>(Arc<Shared<T>>);

impl<T> Sender<T> {
    /// A sender without receivers yet, of a channel that keeps `capacity` messages, rounded up to
    /// a power of two.
    ///
    /// # Panics
    ///
    /// If `capacity` is 0 or more than `usize::MAX / 2`.
    #[track_caller]
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "broadcast channel capacity cannot be zero");
        assert!(capacity <= usize::MAX / 2, "broadcast channel capacity exceeded `usize::MAX / 2`");
        Self(Arc::new(Shared::new(capacity.next_power_of_two())))
    }

    /// The sender of a channel that has one.
    pub(super) fn from_shared(shared: Arc<Shared<T>>) -> Self {
        Self(shared)
    }

    /// Sends to all receivers there are; returns how many. If the channel is full the oldest
    /// message is overwritten. That it succeeds does not mean that anybody receives it.
    ///
    /// # Errors
    ///
    /// The message, if there is no receiver. There may be one later.
    pub fn send(&self, value: T) -> Result<usize, SendError<T>> {
        self.0.send(value).map_err(SendError)
    }

    /// A receiver of what is sent from now on.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::broadcast;
    ///
    /// let sender = broadcast::Sender::new(4);
    /// assert!(sender.send("nobody listens").is_err());
    /// let mut receiver = sender.subscribe();
    /// assert_eq!(sender.send("now"), Ok(1));
    /// assert_eq!(receiver.try_recv(), Ok("now"));
    /// ```
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver::new(Arc::clone(&self.0))
    }

    /// A sender that does not keep the channel open.
    #[must_use = "downgrading leaves this sender as it is"]
    pub fn downgrade(&self) -> WeakSender<T> {
        WeakSender::new(Arc::clone(&self.0))
    }

    /// How many messages some receiver has not received yet. Takes time logarithmic in the
    /// capacity.
    pub fn len(&self) -> usize {
        self.0.lock().unread()
    }

    /// Whether all receivers have received everything.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many receivers there are.
    pub fn receiver_count(&self) -> usize {
        self.0.lock().receivers
    }

    /// Whether both send to the same receivers.
    pub fn same_channel(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Waits until there is no receiver.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn closed(&self) {
        self.0.unheard.notified_until(|| self.receiver_count() == 0).await;
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

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.senders.add();
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.remove_sender();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}
