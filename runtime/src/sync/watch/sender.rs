//! The sending end.

use super::error::SendError;
use super::shared::Shared;
use super::{Receiver, Ref};
use std::fmt;
use std::sync::Arc;

/// Changes the value; made by [`channel`](super::channel). Clones change the same value.
pub struct Sender<T>(Arc<Shared<T>>);

impl<T> Sender<T> {
    /// A sender without receivers yet.
    pub fn new(init: T) -> Self {
        Self::from_shared(Arc::new(Shared::new(init)))
    }

    /// The first sender of a channel.
    pub(super) fn from_shared(shared: Arc<Shared<T>>) -> Self {
        Self(shared)
    }

    /// Puts `value` in place of the latest, and tells receivers.
    ///
    /// # Errors
    ///
    /// The value, if there is no receiver; the latest one stays. To change it all the same, there
    /// is [`send_replace`](Self::send_replace).
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        if self.receiver_count() == 0 {
            return Err(SendError(value));
        }
        drop(self.send_replace(value));
        Ok(())
    }

    /// Lets `modify` change the value, and tells receivers, whether there are any or not. If it
    /// panics they are not told.
    ///
    /// `modify` runs under the lock of the value: it must not use the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::watch;
    ///
    /// let (sender, receiver) = watch::channel(1);
    /// sender.send_modify(|n| *n += 1);
    /// assert!(receiver.has_changed().unwrap());
    /// assert_eq!(*receiver.borrow(), 2);
    /// ```
    pub fn send_modify<F>(&self, modify: F)
    where
        F: FnOnce(&mut T),
    {
        self.send_if_modified(|value| {
            modify(value);
            true
        });
    }

    /// Lets `modify` look at the value, and tells receivers if it says that it has changed it.
    /// Returns what it said.
    ///
    /// `modify` runs under the lock of the value: it must not use the channel.
    pub fn send_if_modified<F>(&self, modify: F) -> bool
    where
        F: FnOnce(&mut T) -> bool,
    {
        self.0.modify(modify)
    }

    /// Puts `value` in place of the latest, and tells receivers, whether there are any or not.
    /// Returns what was there.
    pub fn send_replace(&self, mut value: T) -> T {
        self.send_modify(|latest| std::mem::swap(latest, &mut value));
        value
    }

    /// The latest value, on loan; see [Borrowing](super#borrowing).
    pub fn borrow(&self) -> Ref<'_, T> {
        Ref::new(self.0.value.read(), false)
    }

    /// Whether there is no receiver. There may be one later.
    pub fn is_closed(&self) -> bool {
        self.receiver_count() == 0
    }

    /// Waits until there is no receiver.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn closed(&self) {
        self.0.unseen.notified_until(|| self.is_closed()).await;
    }

    /// A receiver, which counts the latest value as seen.
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver::new(Arc::clone(&self.0), self.0.version())
    }

    /// How many receivers there are.
    pub fn receiver_count(&self) -> usize {
        self.0.receivers()
    }

    /// How many senders there are.
    pub fn sender_count(&self) -> usize {
        self.0.senders()
    }

    /// Whether both change the same value.
    pub fn same_channel(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.add_sender();
        Self(Arc::clone(&self.0))
    }
}

impl<T: Default> Default for Sender<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.remove_sender();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("receivers", &self.receiver_count()).finish_non_exhaustive()
    }
}
