//! The receiving end of a bounded channel.

use crate::sync::blocking::block_on;
use crate::sync::mpsc::error::TryRecvError;
use crate::sync::mpsc::rx::Rx;
use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};

/// Receives what is sent; made by [`channel`](super::channel). There is one.
///
/// Dropping it closes the channel and drops what is in it.
pub struct Receiver<T>(Rx<T>);

impl<T> Receiver<T> {
    pub(super) fn new(rx: Rx<T>) -> Self {
        Self(rx)
    }

    /// Waits for a message; `None` when there will be no more: all senders are gone, or the
    /// channel is closed, and everything has been received.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no message.
    pub async fn recv(&mut self) -> Option<T> {
        poll_fn(|context| self.0.poll_recv(context)).await
    }

    /// Waits for messages and appends up to `limit` of them, as many as are there, to `buffer`.
    /// Returns how many; 0 when there will be no more, or at once if `limit` is 0.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no message.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::mpsc::channel;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let (sender, mut receiver) = channel(8);
    /// for n in 0..3 {
    ///     sender.try_send(n).unwrap();
    /// }
    /// let mut numbers = Vec::new();
    /// assert_eq!(receiver.recv_many(&mut numbers, 10).await, 3);
    /// assert_eq!(numbers, [0, 1, 2]);
    /// # }
    /// ```
    pub async fn recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
        poll_fn(|context| self.0.poll_recv_many(context, buffer, limit)).await
    }

    /// Receives a message that is there.
    ///
    /// # Errors
    ///
    /// [`TryRecvError::Empty`] if there is none, [`TryRecvError::Disconnected`] if none will come
    /// because all senders are gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::mpsc::{channel, error::TryRecvError};
    ///
    /// let (sender, mut receiver) = channel(8);
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    /// sender.try_send(1).unwrap();
    /// drop(sender);
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
    /// ```
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.0.try_recv()
    }

    /// Blocks the thread until there is a message; `None` when there will be no more.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_recv(&mut self) -> Option<T> {
        block_on("Receiver::blocking_recv", self.recv())
    }

    /// As [`recv_many`](Self::recv_many), but blocks the thread.
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
        block_on("Receiver::blocking_recv_many", self.recv_many(buffer, limit))
    }

    /// Lets senders fail from now on. What has been sent, or will be by permits that are out, can
    /// still be received; `None` comes after the last of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::mpsc::channel;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let (sender, mut receiver) = channel(8);
    /// sender.try_send(1).unwrap();
    /// receiver.close();
    /// assert!(sender.try_send(2).is_err());
    /// assert_eq!(receiver.recv().await, Some(1));
    /// assert_eq!(receiver.recv().await, None);
    /// # }
    /// ```
    pub fn close(&mut self) {
        self.0.close();
    }

    /// Whether nothing will be sent any more: all senders are gone, or it has been
    /// [closed](Self::close). There may be messages left.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Whether there is no message at this moment.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many messages there are at this moment.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How many more messages fit at this moment.
    pub fn capacity(&self) -> usize {
        self.0.chan.capacity().available()
    }

    /// How many messages fit into the empty channel.
    pub fn max_capacity(&self) -> usize {
        self.0.chan.capacity().max
    }

    /// As [`recv`](Self::recv), for futures and streams that are written by hand. The last one to
    /// poll is woken.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_recv(context)
    }

    /// As [`recv_many`](Self::recv_many), for futures and streams that are written by hand. The
    /// last one to poll is woken.
    pub fn poll_recv_many(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut Vec<T>,
        limit: usize,
    ) -> Poll<usize> {
        self.0.poll_recv_many(context, buffer, limit)
    }

    /// How many senders there are.
    pub fn sender_strong_count(&self) -> usize {
        self.0.chan.senders.count()
    }

    /// How many weak senders there are.
    pub fn sender_weak_count(&self) -> usize {
        self.0.chan.senders.weak()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("len", &self.len()).finish_non_exhaustive()
    }
}
