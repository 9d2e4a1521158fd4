//! Running user code in a place where its panic must not spread.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// A panic's payload.
pub(super) type Payload = Box<dyn Any + Send>;

/// Drops a value of the user's; the panic hook has reported it if that panicked.
pub(super) fn discard<T>(value: T) {
    if let Err(payload) = dropped(value) {
        forget_payload(payload);
    }
}

/// Drops a value of the user's, and says so if that panicked.
pub(super) fn dropped<T>(value: T) -> Result<(), Payload> {
    catch_unwind(AssertUnwindSafe(move || drop(value)))
}

/// Drops what a panic carried. A second panic's payload is leaked, so that there is no third.
pub(super) fn forget_payload(payload: Payload) {
    if let Err(second) = dropped(payload) {
        std::mem::forget(second);
    }
}

/// Wakes, whatever the waker does.
pub(super) fn wake(waker: Waker) {
    guard(move || waker.wake());
}

/// Runs what may wake somebody, or drop something of the user's.
pub(super) fn guard(run: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(run)) {
        forget_payload(payload);
    }
}
