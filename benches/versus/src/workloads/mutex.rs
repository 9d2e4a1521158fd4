//! Four tasks that lock one mutex: the runtime's own one.

use super::repeat;
use crate::peers::{Figures, Peer};
use std::sync::Arc;
use std::time::{Duration, Instant};

const TASKS: u64 = 4;
const LOCKS: u64 = 250_000;

/// A mutex around a number that waits without blocking.
pub trait Mutex: Send + Sync + 'static {
    /// One around 0.
    fn zero() -> Self;

    /// Adds one to the number under the lock, and gives the sum.
    fn increment(&self) -> impl Future<Output = u64> + Send;
}

/// Gives nanoseconds per lock.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer, M: Mutex>(peer: &P) -> Figures {
    Ok(vec![repeat::mean_ns(TASKS * LOCKS, || peer.on_worker(contend::<P, M>()))])
}

async fn contend<P: Peer, M: Mutex>() -> Duration {
    let start = Instant::now();
    let mutex = Arc::new(M::zero());
    let mut joins = Vec::new();
    for _ in 0..TASKS {
        let mutex = Arc::clone(&mutex);
        joins.push(P::spawn(async move {
            for _ in 0..LOCKS {
                mutex.increment().await;
            }
        }));
    }
    for join in joins {
        join.await;
    }
    let elapsed = start.elapsed();
    assert_eq!(mutex.increment().await, TASKS * LOCKS + 1, "no increment is lost");
    elapsed
}

/// graph_runtime's mutex.
pub struct GraphRuntimeMutex(graph_runtime::sync::Mutex<u64>);

impl Mutex for GraphRuntimeMutex {
    fn zero() -> Self {
        Self(graph_runtime::sync::Mutex::new(0))
    }

    async fn increment(&self) -> u64 {
        let mut number = self.0.lock().await;
        *number += 1;
        *number
    }
}

/// tokio's mutex.
pub struct TokioMutex(tokio::sync::Mutex<u64>);

impl Mutex for TokioMutex {
    fn zero() -> Self {
        Self(tokio::sync::Mutex::new(0))
    }

    async fn increment(&self) -> u64 {
        let mut number = self.0.lock().await;
        *number += 1;
        *number
    }
}

/// smol's mutex, async-lock.
pub struct SmolMutex(async_lock::Mutex<u64>);

impl Mutex for SmolMutex {
    fn zero() -> Self {
        Self(async_lock::Mutex::new(0))
    }

    async fn increment(&self) -> u64 {
        let mut number = self.0.lock().await;
        *number += 1;
        *number
    }
}
