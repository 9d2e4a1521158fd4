//! Timers that never fire: a timeout around an operation that succeeds.

use super::repeat;
use crate::peers::{Figures, Peer};
use futures_lite::future::poll_once;
use std::pin::pin;
use std::time::{Duration, Instant};

const TIMERS: u64 = 1_000_000;
const TIMEOUT: Duration = Duration::from_secs(30);

/// Runs it.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    Ok(vec![repeat::mean_ns(TIMERS, || peer.on_worker(set_and_cancel::<P>()))])
}

async fn set_and_cancel<P: Peer>() -> Duration {
    let start = Instant::now();
    for _ in 0..TIMERS {
        let mut sleep = pin!(P::sleep(TIMEOUT));
        assert!(poll_once(sleep.as_mut()).await.is_none(), "no timer fires early");
    }
    start.elapsed()
}
