//! A chain of tasks, each spawned by the one before: nothing but hand-over.

use super::repeat;
use crate::peers::{Figures, Peer};
use futures_channel::oneshot;
use std::time::{Duration, Instant};

const LENGTH: u64 = 1_000_000;

/// Runs it.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    Ok(vec![repeat::mean_ns(LENGTH, || peer.on_worker(chain::<P>()))])
}

async fn chain<P: Peer>() -> Duration {
    let start = Instant::now();
    let (done, end) = oneshot::channel();
    link::<P>(LENGTH, 0, done);
    let spawned = end.await.expect("the last task answers");
    assert_eq!(spawned, LENGTH, "every link has run once");
    start.elapsed()
}

fn link<P: Peer>(left: u64, run: u64, done: oneshot::Sender<u64>) {
    P::spawn_detached(async move {
        match left {
            1 => done.send(run + 1).expect("somebody waits"),
            _ => link::<P>(left - 1, run + 1, done),
        }
    });
}
