//! The one signal that everybody knows.

use crate::support::raise;
use graph_runtime::signal::ctrl_c;
use graph_runtime::signal::unix::SignalKind;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

#[graph_runtime::test]
async fn it_is_heard_every_time() {
    for _ in 0..3 {
        let mut waiting = pin!(ctrl_c());
        poll_fn(|context| {
            assert!(waiting.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        raise(SignalKind::interrupt());
        waiting.await.expect("it can be handled");
    }
    // With nobody there it is lost, and the process lives on.
    raise(SignalKind::interrupt());
}
