//! Calling wakers, which are user code, without being harmed by them.

use crate::turn::Turn;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// Calls every waker, whatever the others do, and counts the outcome.
///
/// No lock may be held: a waker may re-enter the reactor.
pub(crate) fn wake_all(wakers: &mut Vec<Waker>, turn: &mut Turn) {
    for waker in wakers.drain(..) {
        // A panicking waker leaves at worst its own task unscheduled; nothing of ours is touched
        // by it, hence the assertion.
        match catch_unwind(AssertUnwindSafe(|| waker.wake())) {
            Ok(()) => turn.woken += 1,
            Err(payload) => {
                turn.panicked += 1;
                discard(payload);
            }
        }
    }
}

/// Drops a panic's payload, whose own drop may panic as well.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // A payload whose drop panics with yet another payload is not given a third chance.
        std::mem::forget(second);
    }
}
