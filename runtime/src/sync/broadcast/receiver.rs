//! A receiving end.

use super::error::{RecvError, TryRecvError};
use super::shared::{Found, Listening, Shared};
use crate::sync::blocking::block_on;
use crate::task::coop;
use pin_project_lite::pin_project;
use primitives::wait_queue::Waiter;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

/// Receives every message that is sent while it exists; made by
/// [`Sender::subscribe`](super::Sender::subscribe).
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    /// The position of the next message it wants.
    position: u64,
}

impl<T> Receiver<T> {
    /// A receiver of what is sent from now on.
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        let mut ring = shared.lock();
        ring.receivers += 1;
        let position = ring.end;
        drop(ring);
        Self { shared, position }
    }

    /// How many messages it has not received. If that is more than the channel keeps, the next
    /// receive will say how many were missed.
    pub fn len(&self) -> usize {
        (self.shared.lock().end - self.position) as usize
    }

    /// Whether it has received everything.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether both receive from the same senders.
    pub fn same_channel(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// How many senders there are.
    pub fn sender_strong_count(&self) -> usize {
        self.shared.senders.count()
    }

    /// How many weak senders there are.
    pub fn sender_weak_count(&self) -> usize {
        self.shared.senders.weak()
    }

    /// Whether all senders are gone. There may be messages left.
    pub fn is_closed(&self) -> bool {
        self.sender_strong_count() == 0
    }
}

impl<T: Clone> Receiver<T> {
    /// Another receiver, of what is sent from now on: not of what this one has not received yet.
    pub fn resubscribe(&self) -> Self {
        Self::new(Arc::clone(&self.shared))
    }

    /// Waits for the next message.
    ///
    /// # Errors
    ///
    /// [`RecvError::Lagged`] if messages were overwritten that it had not received: it says how
    /// many, and the next receive goes on with the oldest that is left. [`RecvError::Closed`] if
    /// all senders are gone and everything has been received.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no message.
    pub async fn recv(&mut self) -> Result<T, RecvError> {
        coop::turn().await;
        // No value is kept over the await: that would make the future as little Sync as `T` is.
        let error = match self.try_recv() {
            Ok(value) => {
                coop::spend();
                return Ok(value);
            }
            Err(error) => error,
        };
        match error {
            TryRecvError::Closed => Err(RecvError::Closed),
            TryRecvError::Lagged(missed) => {
                coop::spend();
                Err(RecvError::Lagged(missed))
            }
            TryRecvError::Empty => {
                let Self { shared, position } = self;
                Recv { waiter: Waiter::new(&**shared, *position), position }.await
            }
        }
    }

    /// Receives the next message if it is there.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv), and [`TryRecvError::Empty`] if there is no message.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let found = self.shared.lock().find(&mut self.position);
        match found {
            Found::Message(message) => Ok(message.read()),
            Found::Lagged(missed) => Err(TryRecvError::Lagged(missed)),
            Found::Nothing => Err(TryRecvError::Empty),
            Found::Closed => Err(TryRecvError::Closed),
        }
    }

    /// Blocks the thread until there is a message.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    ///
    /// # Panics
    ///
    /// On a thread that drives tasks.
    #[track_caller]
    pub fn blocking_recv(&mut self) -> Result<T, RecvError> {
        block_on("Receiver::blocking_recv", self.recv())
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut ring = self.shared.lock();
        ring.receivers -= 1;
        let (is_last, end) = (ring.receivers == 0, ring.end);
        drop(ring);
        // What was sent before it left counted on it.
        while self.position < end {
            let found = self.shared.lock().find(&mut self.position);
            if let Found::Message(message) = found {
                message.skip();
            }
        }
        if is_last {
            self.shared.unheard.notify_waiters();
        }
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

pin_project! {
    /// Waits for a message. Gives up its place when dropped, and has nothing to pass on: whoever
    /// is woken looks for itself.
    struct Recv<'a, T> {
        #[pin]
        waiter: Waiter<Listening<T>, &'a Shared<T>>,
        position: &'a mut u64,
    }
}

impl<T: Clone> Future for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(coop::poll_turn(context));
        let mut this = self.project();
        let mut spare: Option<Waker> = None;
        loop {
            let mut seat = this.waiter.as_mut().seat();
            let found = seat.find(this.position);
            if let Found::Nothing = found {
                *seat.note() = **this.position;
                if seat.park(&mut spare, context.waker()) {
                    coop::wait_for(coop::Resource::Broadcast);
                    return Poll::Pending;
                }
                drop(seat);
                spare = Some(context.waker().clone());
                continue;
            }
            let left = seat.leave();
            drop(seat);
            drop(left);
            coop::spend();
            return Poll::Ready(match found {
                Found::Message(message) => Ok(message.read()),
                Found::Lagged(missed) => Err(RecvError::Lagged(missed)),
                Found::Closed | Found::Nothing => Err(RecvError::Closed),
            });
        }
    }
}
