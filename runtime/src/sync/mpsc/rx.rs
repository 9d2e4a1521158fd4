//! What bounded and unbounded receivers have in common.

#![allow(unsafe_code)] // Fenced: there is one receiver, which is borrowed to use the list's head.

use super::chan::Chan;
use super::error::TryRecvError;
use super::list::{Head, Popped, Tail};
use super::tx::Tx;
use crate::task::coop;
use primitives::shim::sync::Arc;
use std::task::{Context, Poll, ready};

/// The one receiver of a channel.
pub(super) struct Rx<T> {
    pub(super) chan: Arc<Chan<T>>,
    /// Whether it has closed the channel.
    is_closed: bool,
}

/// A channel with room for `capacity` messages, and its two ends.
///
/// # Panics
///
/// If `capacity` is more than there can be permits.
pub(super) fn channel<T>(capacity: usize) -> (Tx<T>, Rx<T>) {
    let chan = Arc::new(Chan::new(capacity));
    // The only place that makes a receiver.
    let receiver = Rx { chan: Arc::clone(&chan), is_closed: false };
    (Tx::new(chan), receiver)
}

impl<T> Rx<T> {
    #[inline]
    fn ends(&mut self) -> (&mut Head<T>, &Tail<T>) {
        let list = &self.chan.list;
        // SAFETY: there is no other receiver (see `channel`), and this one is borrowed exclusively.
        (unsafe { list.head() }, list.tail())
    }

    /// Takes the next message, whose room is not free yet.
    #[inline]
    fn take(&mut self) -> Popped<T> {
        let (head, tail) = self.ends();
        head.pop(tail)
    }

    fn peek(&self) -> &Head<T> {
        // SAFETY: there is no other receiver, and this one is not borrowed exclusively.
        unsafe { self.chan.list.peek() }
    }

    /// Takes the next message, and frees its room.
    #[inline]
    fn pop(&mut self) -> Popped<T> {
        let popped = self.take();
        if let Popped::Message(_) = popped {
            self.chan.capacity().give_back(1);
        }
        popped
    }

    /// Receives a message, or `None` when there will be no more.
    #[inline]
    pub(super) fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        ready!(coop::poll_turn(context));
        let polled = match self.pop() {
            Popped::Message(message) => Poll::Ready(Some(message)),
            Popped::End => Poll::Ready(None),
            Popped::Empty => self.wait(context),
        };
        coop::account(polled, coop::Resource::Mpsc)
    }

    fn wait(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.chan.set_receiver(context.waker());
        if !self.ends().0.await_next() {
            return match self.pop() {
                Popped::Message(message) => Poll::Ready(Some(message)),
                Popped::End => Poll::Ready(None),
                Popped::Empty => unreachable!("what was awaited has come"),
            };
        }
        // After the waker is in its place: whoever gives room back from now on wakes it.
        if self.is_closed && self.chan.is_idle() {
            return Poll::Ready(None);
        }
        Poll::Pending
    }

    /// Receives up to `limit` messages; 0 when there will be no more, or if `limit` is 0.
    pub(super) fn poll_recv_many(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut Vec<T>,
        limit: usize,
    ) -> Poll<usize> {
        if limit == 0 {
            return Poll::Ready(0);
        }
        ready!(coop::poll_turn(context));
        let received = self.pop_many(buffer, limit);
        if received > 0 {
            coop::spend();
            return Poll::Ready(received);
        }
        self.poll_recv(context).map(|message| {
            let Some(message) = message else { return 0 };
            buffer.push(message);
            1 + self.pop_many(buffer, limit - 1)
        })
    }

    /// Takes what is there, up to `limit` messages, and frees their room at once.
    fn pop_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
        let mut freed = Freed { rx: self, count: 0 };
        while freed.count < limit
            && let Popped::Message(message) = freed.rx.take()
        {
            freed.count += 1;
            buffer.push(message);
        }
        freed.count
    }

    /// Receives a message that is there.
    pub(super) fn try_recv(&mut self) -> Result<T, TryRecvError> {
        if let Popped::Message(message) = self.pop() {
            return Ok(message);
        }
        self.peek().settle(self.chan.list.tail());
        match self.pop() {
            Popped::Message(message) => Ok(message),
            Popped::End => Err(TryRecvError::Disconnected),
            Popped::Empty if self.is_closed && self.chan.is_idle() => {
                Err(TryRecvError::Disconnected)
            }
            Popped::Empty => Err(TryRecvError::Empty),
        }
    }

    /// Lets senders fail from now on. What has been sent can be received.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
        self.chan.close();
    }

    /// Whether no message will come that is not there already.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed || self.chan.senders.count() == 0
    }

    /// How many messages are there, counting those that are just being sent.
    pub(super) fn len(&self) -> usize {
        let claimed = self.peek().len(self.chan.list.tail());
        // The end of the list is no message.
        claimed.saturating_sub(usize::from(self.chan.senders.count() == 0))
    }
}

/// Frees the room of what was received, also if the buffer could not grow.
struct Freed<'a, T> {
    rx: &'a mut Rx<T>,
    count: usize,
}

impl<T> Drop for Freed<'_, T> {
    fn drop(&mut self) {
        if self.count > 0 {
            self.rx.chan.capacity().give_back(self.count);
        }
    }
}

impl<T> Drop for Rx<T> {
    fn drop(&mut self) {
        self.close();
        self.chan.forget_receiver();
        drop(DropAll(self));
    }
}

/// Drops what is there, to the last message, also if dropping one of them panics. What comes from
/// permits that are still out is dropped with the channel.
struct DropAll<'a, T>(&'a mut Rx<T>);

impl<T> Drop for DropAll<'_, T> {
    fn drop(&mut self) {
        while let Popped::Message(message) = self.0.pop() {
            let rest = DropAll(self.0);
            drop(message);
            std::mem::forget(rest);
        }
    }
}
