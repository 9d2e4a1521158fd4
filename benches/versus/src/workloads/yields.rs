//! Tasks that do nothing but let each other go first.

use super::repeat;
use crate::peers::{Figures, Peer};
use std::time::{Duration, Instant};

const TASKS: u64 = 200;
const YIELDS: u64 = 1_000;

/// Runs it.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    Ok(vec![repeat::mean_ns(TASKS * YIELDS, || peer.on_worker(yield_all::<P>()))])
}

async fn yield_all<P: Peer>() -> Duration {
    let start = Instant::now();
    let mut joins = Vec::new();
    for _ in 0..TASKS {
        joins.push(P::spawn(yield_often::<P>()));
    }
    let mut yields = 0;
    for join in joins {
        yields += join.await;
    }
    assert_eq!(yields, TASKS * YIELDS, "every task has run to its end");
    start.elapsed()
}

async fn yield_often<P: Peer>() -> u64 {
    let mut yields = 0;
    for _ in 0..YIELDS {
        P::yield_now().await;
        yields += 1;
    }
    yields
}
