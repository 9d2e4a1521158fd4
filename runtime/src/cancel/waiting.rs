//! Waiting for a token to be cancelled.

use super::CancellationToken;
use super::node::{Cancelled, Node};
use pin_project_lite::pin_project;
use primitives::wait_queue::{Home, Waiter};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

fn poll<H: Home<Target = Node>>(
    mut waiter: Pin<&mut Waiter<Cancelled, H>>,
    waker: &Waker,
) -> Poll<()> {
    if waiter.home().is_cancelled() {
        // It leaves the queue when it is woken there, or dropped.
        return Poll::Ready(());
    }
    let mut spare = (!waiter.as_mut().is_inside()).then(|| waker.clone());
    loop {
        let mut seat = waiter.as_mut().seat();
        // Looked at again under the lock of the queue: whoever cancels takes it afterwards.
        if seat.home().is_cancelled() {
            let left = seat.leave();
            drop(seat);
            drop(left);
            return Poll::Ready(());
        }
        if seat.park(&mut spare, waker) {
            drop(seat);
            return Poll::Pending;
        }
        drop(seat);
        spare = Some(waker.clone());
    }
}

pin_project! {
    /// Waits until a token is cancelled; made by [`CancellationToken::cancelled`].
    #[must_use = "futures do nothing unless polled"]
    pub struct WaitForCancellationFuture<'a> {
        #[pin]
        waiter: Waiter<Cancelled, &'a Node>,
    }
}

impl<'a> WaitForCancellationFuture<'a> {
    pub(super) fn new(node: &'a Node) -> Self {
        Self { waiter: Waiter::new(node, ()) }
    }
}

impl Future for WaitForCancellationFuture<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        poll(self.project().waiter, context.waker())
    }
}

impl fmt::Debug for WaitForCancellationFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitForCancellationFuture").finish_non_exhaustive()
    }
}

pin_project! {
    /// Waits until a token is cancelled, and holds on to it; made by
    /// [`CancellationToken::cancelled_owned`].
    #[must_use = "futures do nothing unless polled"]
    pub struct WaitForCancellationFutureOwned {
        #[pin]
        waiter: Waiter<Cancelled, Arc<Node>>,
    }
}

impl WaitForCancellationFutureOwned {
    pub(super) fn new(token: CancellationToken) -> Self {
        Self { waiter: Waiter::new(token.into_node(), ()) }
    }
}

impl Future for WaitForCancellationFutureOwned {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        poll(self.project().waiter, context.waker())
    }
}

impl fmt::Debug for WaitForCancellationFutureOwned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitForCancellationFutureOwned").finish_non_exhaustive()
    }
}
