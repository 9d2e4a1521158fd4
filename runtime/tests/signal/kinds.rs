//! Kinds of signals.

use crate::support::{listen, raise};
use graph_runtime::signal::unix::{SignalKind, signal};

#[graph_runtime::test]
async fn each_is_heard_by_its_own_listener() {
    let kinds = [
        SignalKind::alarm(),
        SignalKind::child(),
        SignalKind::hangup(),
        SignalKind::io(),
        SignalKind::pipe(),
        SignalKind::quit(),
        SignalKind::terminate(),
        SignalKind::user_defined1(),
        SignalKind::user_defined2(),
        SignalKind::window_change(),
    ];
    let mut listeners = kinds.map(listen);
    for (kind, listener) in kinds.into_iter().zip(&mut listeners) {
        raise(kind);
        assert_eq!(listener.recv().await, Some(()), "{kind:?}");
    }
}

#[graph_runtime::test]
async fn what_cannot_be_handled_is_refused() {
    for number in [-1, 0, libc::SIGKILL, libc::SIGSTOP, libc::SIGSEGV, 1_000] {
        let refused = signal(SignalKind::from_raw(number));
        assert!(refused.is_err(), "{number}");
    }
}

#[test]
#[should_panic(expected = "no current graph_runtime runtime")]
fn outside_a_runtime_it_panics() {
    let _ = signal(SignalKind::hangup());
}
