//! What a future does that waits for a signal, however it holds on to it.

use super::{Given, NOTIFIED, Note, Notify, STATES, Signal, WAITING, calls};
use crate::task::coop;
use pin_project_lite::pin_project;
use primitives::shim::Mutant;
use primitives::shim::atomic::Ordering;
use primitives::wait_queue::{Home, Place, Seat, Waiter};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

pin_project! {
    /// Waits for the signal of `H`.
    #[derive(Debug)]
    pub(super) struct Waiting<H>
    where
        H: Home<Target = Notify>,
    {
        #[pin]
        waiter: Waiter<Signal, H>,
        // The calls of `notify_waiters` when it was made.
        calls: usize,
        done: bool,
    }

    impl<H> PinnedDrop for Waiting<H>
    where
        H: Home<Target = Notify>,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut waiter = this.project().waiter;
            if waiter.as_mut().is_inside() {
                give_up(waiter.seat());
            }
        }
    }
}

/// Rule 4.
fn give_up<H: Home<Target = Notify>>(mut seat: Seat<'_, Signal, H>) {
    let notify: &Notify = seat.home();
    let left = seat.leave();
    let locked = seat.into_locked();
    notify.settle(&locked);
    match left.note.given {
        Some(whom @ (Given::First | Given::Last))
            if left.place == Place::Woken && !Mutant::NotifyDropKeeps.is_active() =>
        {
            notify.notify_locked(locked, whom);
        }
        _ => drop(locked),
    }
}

impl<H: Home<Target = Notify>> Waiting<H> {
    pub(super) fn new(home: H) -> Self {
        // ORDERING: Acquire; later calls are those that happen after what this one sees.
        let calls = calls(home.word.load(Ordering::Acquire));
        Self { waiter: Waiter::new(home, Note { calls, given: None }), calls, done: false }
    }

    /// As [`poll`](Self::poll), at the cost of an operation.
    pub(super) fn poll_cooperatively(self: Pin<&mut Self>, context: &Context<'_>) -> Poll<()> {
        ready!(coop::poll_turn(context));
        let polled = self.poll(context.waker());
        coop::account(polled, coop::Resource::Notify)
    }

    /// Looks for the signal; `waker` is told if there is none yet.
    pub(super) fn poll(self: Pin<&mut Self>, waker: &Waker) -> Poll<()> {
        let mut this = self.project();
        if *this.done {
            return Poll::Ready(());
        }
        let is_inside = this.waiter.as_mut().is_inside();
        if !is_inside && this.waiter.home().take(*this.calls) {
            *this.done = true;
            return Poll::Ready(());
        }
        let polled = wait(this.waiter, *this.calls, waker);
        *this.done = polled.is_ready();
        polled
    }
}

/// The slow part of polling.
fn wait<H>(mut waiter: Pin<&mut Waiter<Signal, H>>, calls_then: usize, waker: &Waker) -> Poll<()>
where
    H: Home<Target = Notify>,
{
    let mut spare = (!waiter.as_mut().is_inside()).then(|| waker.clone());
    loop {
        let mut seat = waiter.as_mut().seat();
        let notify: &Notify = seat.home();
        let is_done = match seat.place() {
            Place::Woken => true,
            // An unfinished `notify_waiters` has not come to this one yet.
            Place::Waiting => notify.calls_now() != calls_then,
            Place::Outside => notify.take_or_announce(calls_then),
        };
        if is_done {
            let left = seat.leave();
            notify.settle(&seat);
            drop(seat);
            drop(left);
            return Poll::Ready(());
        }
        if seat.park(&mut spare, waker) {
            return Poll::Pending;
        }
        drop(seat);
        spare = Some(waker.clone());
    }
}

impl Notify {
    /// Takes a signal that is there.
    fn take(&self, calls_then: usize) -> bool {
        // ORDERING: Acquire pairs with the Release of the calls that were counted.
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            if calls(word) != calls_then {
                return true;
            }
            if word & STATES != NOTIFIED {
                return false;
            }
            // ORDERING: Acquire pairs with the Release of who left the signal.
            let order = Ordering::Acquire;
            match self.word.compare_exchange(word, calls(word), order, order) {
                Ok(_) => return true,
                Err(found) => word = found,
            }
        }
    }

    /// Under the lock: takes a signal that is there, or says that somebody waits.
    fn take_or_announce(&self, calls_then: usize) -> bool {
        loop {
            if self.take(calls_then) {
                return true;
            }
            // ORDERING: Relaxed; what goes with WAITING is in the queue. If there is a signal by
            // now, the exchange fails, and `take` reads it.
            let unchanged = calls_then;
            let order = Ordering::Relaxed;
            match self.word.compare_exchange(unchanged, unchanged | WAITING, order, order) {
                Ok(_) => return false,
                Err(found) if found == unchanged | WAITING => return false,
                Err(_) => {}
            }
        }
    }

    fn calls_now(&self) -> usize {
        // ORDERING: Acquire pairs with the Release of the calls that were counted.
        calls(self.word.load(Ordering::Acquire))
    }
}
