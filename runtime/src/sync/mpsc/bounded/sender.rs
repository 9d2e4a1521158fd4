//! The sending end of a bounded channel.

use super::{OwnedPermit, Permit, PermitIterator, WeakSender};
use crate::sync::blocking::block_on;
use crate::sync::error::TryAcquireError;
use crate::sync::mpsc::error::{SendError, SendTimeoutError, TrySendError};
use crate::sync::mpsc::tx::Tx;
use crate::time::{Duration, timeout};
use std::fmt;

/// Sends messages; made by [`channel`](super::channel). Clones send to the same receiver.
///
/// Who waits for room is served in order: a message of a task that came later does not get past
/// one that waits.
pub struct Sender<T>(Tx<T>);

impl<T> Sender<T> {
    pub(super) fn new(tx: Tx<T>) -> Self {
        Self(tx)
    }

    pub(super) fn tx(&self) -> &Tx<T> {
        &self.0
    }

    /// Waits for room and sends. That it succeeds does not mean that the message is received: the
    /// receiver may go first.
    ///
    /// # Errors
    ///
    /// The message, if the receiver is gone or has closed the channel.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is done drops the message, which has not been sent then, and
    /// gives up the place in line. To keep the message, [`reserve`](Self::reserve) first.
    #[inline]
    pub async fn send(&self, message: T) -> Result<(), SendError<T>> {
        if self.0.acquire(1).await {
            self.0.push(message);
            Ok(())
        } else {
            Err(SendError(message))
        }
    }

    /// Sends if there is room.
    ///
    /// # Errors
    ///
    /// The message, if there is no room, others wait for room, or the channel is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::mpsc::{self, error::TrySendError};
    ///
    /// let (sender, receiver) = mpsc::channel(1);
    /// sender.try_send(1).unwrap();
    /// assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    /// drop(receiver);
    /// assert_eq!(sender.try_send(3), Err(TrySendError::Closed(3)));
    /// ```
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        match self.0.try_acquire(1) {
            Ok(()) => {
                self.0.push(message);
                Ok(())
            }
            Err(TryAcquireError::NoPermits) => Err(TrySendError::Full(message)),
            Err(TryAcquireError::Closed) => Err(TrySendError::Closed(message)),
        }
    }

    /// As [`send`](Self::send), but waits for room for `duration` at most.
    ///
    /// # Errors
    ///
    /// The message, if there was no room in time, or the channel is closed.
    ///
    /// # Cancel safety
    ///
    /// As for [`send`](Self::send).
    ///
    /// # Panics
    ///
    /// Outside a runtime, which has the timer.
    pub async fn send_timeout(
        &self,
        message: T,
        duration: Duration,
    ) -> Result<(), SendTimeoutError<T>> {
        match timeout(duration, self.reserve()).await {
            Ok(Ok(permit)) => {
                permit.send(message);
                Ok(())
            }
            Ok(Err(SendError(()))) => Err(SendTimeoutError::Closed(message)),
            Err(_) => Err(SendTimeoutError::Timeout(message)),
        }
    }

    /// Blocks the thread until there is room, and sends.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::mpsc;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let (sender, mut receiver) = mpsc::channel(1);
    /// let thread = std::thread::spawn(move || {
    ///     (0..3).try_for_each(|n| sender.blocking_send(n))
    /// });
    /// assert_eq!(receiver.recv().await, Some(0));
    /// assert_eq!(receiver.recv().await, Some(1));
    /// assert_eq!(receiver.recv().await, Some(2));
    /// thread.join().unwrap().unwrap();
    /// # }
    /// ```
    #[track_caller]
    pub fn blocking_send(&self, message: T) -> Result<(), SendError<T>> {
        block_on("Sender::blocking_send", self.send(message))
    }

    /// Waits for room and reserves it; the message comes later.
    ///
    /// # Errors
    ///
    /// If the channel is closed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place in line.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::mpsc;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let (sender, mut receiver) = mpsc::channel(1);
    /// let permit = sender.reserve().await.unwrap();
    /// assert!(sender.try_send("no room").is_err());
    /// permit.send("reserved");
    /// assert_eq!(receiver.recv().await, Some("reserved"));
    /// # }
    /// ```
    pub async fn reserve(&self) -> Result<Permit<'_, T>, SendError<()>> {
        if self.0.acquire(1).await { Ok(Permit::new(self)) } else { Err(SendError(())) }
    }

    /// Waits for room for `n` messages and reserves it.
    ///
    /// # Errors
    ///
    /// If the channel is closed, or never has room for as many.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place in line, and room that it had been given.
    pub async fn reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, SendError<()>> {
        if n <= self.max_capacity() && self.0.acquire(n).await {
            Ok(PermitIterator::new(self, n))
        } else {
            Err(SendError(()))
        }
    }

    /// As [`reserve`](Self::reserve); the permit keeps the sender.
    ///
    /// # Errors
    ///
    /// If the channel is closed. The sender is gone then; clone it to keep one.
    ///
    /// # Cancel safety
    ///
    /// As for [`reserve`](Self::reserve), and the sender is dropped.
    pub async fn reserve_owned(self) -> Result<OwnedPermit<T>, SendError<()>> {
        if self.0.acquire(1).await { Ok(OwnedPermit::new(self)) } else { Err(SendError(())) }
    }

    /// Reserves room if there is some.
    ///
    /// # Errors
    ///
    /// As for [`try_send`](Self::try_send).
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        self.0.try_acquire(1).map_err(|error| refused(error, ()))?;
        Ok(Permit::new(self))
    }

    /// Reserves room for `n` messages if there is as much.
    ///
    /// # Errors
    ///
    /// As for [`try_send`](Self::try_send).
    pub fn try_reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, TrySendError<()>> {
        if n > self.max_capacity() {
            return Err(TrySendError::Full(()));
        }
        self.0.try_acquire(n).map_err(|error| refused(error, ()))?;
        Ok(PermitIterator::new(self, n))
    }

    /// Reserves room if there is some; the permit keeps the sender.
    ///
    /// # Errors
    ///
    /// The sender, otherwise as for [`try_send`](Self::try_send).
    pub fn try_reserve_owned(self) -> Result<OwnedPermit<T>, TrySendError<Self>> {
        match self.0.try_acquire(1) {
            Ok(()) => Ok(OwnedPermit::new(self)),
            Err(error) => Err(refused(error, self)),
        }
    }

    /// Waits until the receiver is gone or has closed the channel.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn closed(&self) {
        self.0.closed().await;
    }

    /// Whether the receiver is gone or has closed the channel.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Whether both send to the same receiver.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.0.same_channel(&other.0)
    }

    /// How many more messages fit at this moment.
    pub fn capacity(&self) -> usize {
        self.0.capacity().available()
    }

    /// How many messages fit into the empty channel.
    pub fn max_capacity(&self) -> usize {
        self.0.capacity().max
    }

    /// A sender that does not keep the channel open.
    #[must_use = "downgrading leaves this sender as it is"]
    pub fn downgrade(&self) -> WeakSender<T> {
        WeakSender::new(self.0.downgrade())
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

fn refused<T>(error: TryAcquireError, message: T) -> TrySendError<T> {
    match error {
        TryAcquireError::NoPermits => TrySendError::Full(message),
        TryAcquireError::Closed => TrySendError::Closed(message),
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("capacity", &self.capacity()).finish_non_exhaustive()
    }
}
