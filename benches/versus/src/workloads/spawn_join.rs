//! Spawning many short tasks at once and joining all of them.

use super::repeat;
use crate::peers::{Figures, Missing, Peer};
use std::time::{Duration, Instant};

const TASKS: u64 = 100_000;

/// A task spawns and joins them.
///
/// # Errors
///
/// Never.
pub fn from_worker<P: Peer>(peer: &P) -> Figures {
    Ok(vec![repeat::mean_ns(TASKS, || peer.on_worker(burst::<P>()))])
}

async fn burst<P: Peer>() -> Duration {
    let start = Instant::now();
    let mut joins = Vec::with_capacity(TASKS as usize);
    for number in 0..TASKS {
        joins.push(P::spawn(async move { number }));
    }
    join_all(joins).await;
    start.elapsed()
}

/// A thread outside the runtime spawns them, and then blocks until they are joined.
///
/// # Errors
///
/// If nothing can be spawned from outside.
pub fn from_outside<P: Peer>(peer: &P) -> Figures {
    // Asks once, so that the loop below need not.
    let probe = peer.spawn_outside(async {})?;
    peer.block_on(probe);
    Ok(vec![repeat::mean_ns(TASKS, || burst_outside(peer).expect("it could a moment ago"))])
}

fn burst_outside<P: Peer>(peer: &P) -> Result<Duration, Missing> {
    let start = Instant::now();
    let mut joins = Vec::with_capacity(TASKS as usize);
    for number in 0..TASKS {
        joins.push(peer.spawn_outside(async move { number })?);
    }
    peer.block_on(join_all(joins));
    Ok(start.elapsed())
}

async fn join_all(joins: Vec<impl Future<Output = u64>>) {
    let mut sum = 0;
    for join in joins {
        sum += join.await;
    }
    assert_eq!(sum, TASKS * (TASKS - 1) / 2, "every task has run once");
}
