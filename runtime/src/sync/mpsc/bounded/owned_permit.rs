//! Room in a channel that is reserved, together with the sender.

use super::Sender;
use std::fmt;

/// Room for one message, and the sender that reserved it; made by [`Sender::reserve_owned`].
/// Dropping it gives the room back and drops the sender.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::mpsc;
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let (sender, mut receiver) = mpsc::channel(1);
/// let permit = sender.reserve_owned().await.unwrap();
/// let sender = permit.send("first");
/// assert_eq!(receiver.recv().await, Some("first"));
/// let sender = sender.try_reserve_owned().unwrap().release();
/// assert_eq!(sender.capacity(), 1);
/// # }
/// ```
#[must_use = "dropping a permit gives the room back at once"]
pub struct OwnedPermit<T> {
    /// Gone when the room has been used or given back.
    sender: Option<Sender<T>>,
}

impl<T> OwnedPermit<T> {
    pub(super) fn new(sender: Sender<T>) -> Self {
        Self { sender: Some(sender) }
    }

    /// Sends, and returns the sender. If the receiver is gone the message is dropped with the
    /// channel.
    pub fn send(mut self, message: T) -> Sender<T> {
        let sender = self.take();
        sender.tx().push(message);
        sender
    }

    /// Gives the room back, and returns the sender.
    pub fn release(mut self) -> Sender<T> {
        let sender = self.take();
        sender.tx().release(1);
        sender
    }

    /// Whether both are of the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.same_channel_as_sender(other.sender())
    }

    /// Whether both are of the same channel.
    pub fn same_channel_as_sender(&self, sender: &Sender<T>) -> bool {
        self.sender().same_channel(sender)
    }

    fn sender(&self) -> &Sender<T> {
        self.sender.as_ref().expect("taken by methods that use the permit up")
    }

    fn take(&mut self) -> Sender<T> {
        self.sender.take().expect("taken by methods that use the permit up")
    }
}

impl<T> Drop for OwnedPermit<T> {
    fn drop(&mut self) {
        if let Some(sender) = &self.sender {
            sender.tx().release(1);
        }
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").finish_non_exhaustive()
    }
}
