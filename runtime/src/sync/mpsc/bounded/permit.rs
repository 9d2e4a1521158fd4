//! Room in a channel that is reserved.

use super::Sender;
use std::fmt;
use std::iter::FusedIterator;

/// Room for one message; made by [`Sender::reserve`]. Dropping it gives the room back.
#[must_use = "dropping a permit gives the room back at once"]
pub struct Permit<'a, T>(PermitIterator<'a, T>);

/// Room for several messages; made by [`Sender::reserve_many`]. Each step gives a [`Permit`];
/// dropping it gives back what is left.
#[must_use = "dropping the permits gives the room back at once"]
pub struct PermitIterator<'a, T> {
    sender: &'a Sender<T>,
    left: usize,
}

impl<'a, T> Permit<'a, T> {
    pub(super) fn new(sender: &'a Sender<T>) -> Self {
        Self(PermitIterator::new(sender, 1))
    }

    /// Sends. If the receiver is gone the message is dropped with the channel.
    pub fn send(mut self, message: T) {
        self.0.left = 0;
        self.0.sender.tx().push(message);
    }
}

impl<'a, T> PermitIterator<'a, T> {
    pub(super) fn new(sender: &'a Sender<T>, left: usize) -> Self {
        Self { sender, left }
    }
}

impl<'a, T> Iterator for PermitIterator<'a, T> {
    type Item = Permit<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(Permit::new(self.sender))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for PermitIterator<'_, T> {}
impl<T> FusedIterator for PermitIterator<'_, T> {}

impl<T> Drop for PermitIterator<'_, T> {
    fn drop(&mut self) {
        if self.left > 0 {
            self.sender.tx().release(self.left);
        }
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for PermitIterator<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermitIterator").field("left", &self.left).finish_non_exhaustive()
    }
}
