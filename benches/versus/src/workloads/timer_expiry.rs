//! Many timers that expire close together: how late they are, and how long all of it takes.

use crate::peers::{Figures, Peer};
use std::time::{Duration, Instant};

const TIMERS: usize = 100_000;
/// Time to set all timers before the first one expires.
const LEAD: Duration = Duration::from_millis(500);
/// The timers expire in this time, evenly but in random order.
const SPAN: Duration = Duration::from_millis(100);
const SEED: u64 = 0x7173;

/// Gives the 99th percentile of the lateness, and how much later than the last deadline the last
/// task was joined, both in milliseconds.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    let (mut lateness, over) = peer.on_worker(expire_all::<P>());
    lateness.sort_unstable();
    let p99 = lateness[TIMERS * 99 / 100];
    Ok(vec![p99.as_secs_f64() * 1e3, over.as_secs_f64() * 1e3])
}

async fn expire_all<P: Peer>() -> (Vec<Duration>, Duration) {
    let mut offsets: Vec<_> =
        (0..TIMERS as u32).map(|number| SPAN * number / TIMERS as u32).collect();
    fastrand::Rng::with_seed(SEED).shuffle(&mut offsets);
    let first = Instant::now() + LEAD;
    let mut joins = Vec::with_capacity(TIMERS);
    for offset in offsets {
        joins.push(P::spawn(expire::<P>(first, first + offset)));
    }
    let mut lateness = Vec::with_capacity(TIMERS);
    for join in joins {
        lateness.push(join.await);
    }
    (lateness, Instant::now().saturating_duration_since(first + SPAN))
}

async fn expire<P: Peer>(first: Instant, deadline: Instant) -> Duration {
    assert!(Instant::now() < first, "all timers are set before the first one expires");
    P::sleep_until(deadline).await;
    let now = Instant::now();
    now.checked_duration_since(deadline).expect("no timer fires early")
}
