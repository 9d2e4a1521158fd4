//! Raising signals.

use graph_runtime::signal::unix::{Signal, SignalKind, signal};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Raises a signal; the handler has run when this returns.
pub(crate) fn raise(kind: SignalKind) {
    signal_hook::low_level::raise(kind.as_raw_value()).expect("the kind exists");
}

/// A kind that means nothing to the system; there are enough for one a test.
pub(crate) fn real_time(number: i32) -> SignalKind {
    SignalKind::from_raw(libc::SIGRTMIN() + number)
}

pub(crate) fn listen(kind: SignalKind) -> Signal {
    signal(kind).expect("the kind can be handled")
}

/// Whether it hears nothing. The turn of the reactor in between makes that certain.
pub(crate) async fn hears_nothing(listener: &mut Signal) -> bool {
    for _ in 0..3 {
        let mut receiving = pin!(listener.recv());
        let heard = poll_fn(|context| Poll::Ready(receiving.as_mut().poll(context))).await;
        if heard.is_ready() {
            return false;
        }
        graph_runtime::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    true
}
