//! Timers that never fire: a server with a timeout around each of 10,000 requests under way, all
//! of which are answered in time.

use super::repeat;
use crate::peers::{Figures, Peer};
use futures_lite::future::poll_once;
use std::pin::Pin;
use std::time::{Duration, Instant};

const TIMERS: usize = 1_000_000;
const PENDING: usize = 10_000;
const TIMEOUT: Duration = Duration::from_secs(30);

/// Gives nanoseconds for setting one timer and cancelling the oldest.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    Ok(vec![repeat::mean_ns(TIMERS as u64, || peer.on_worker(set_and_cancel::<P>()))])
}

async fn set_and_cancel<P: Peer>() -> Duration {
    let mut places = Vec::new();
    for _ in 0..PENDING {
        let mut place = Box::pin(None);
        set(&mut place, P::sleep(TIMEOUT)).await;
        places.push(place);
    }
    let start = Instant::now();
    for _ in 0..TIMERS / PENDING {
        for place in &mut places {
            set(place, P::sleep(TIMEOUT)).await;
        }
    }
    start.elapsed()
}

/// Cancels the timer in its place and sets the next one, without a detour to the allocator.
async fn set<F: Future<Output = ()>>(place: &mut Pin<Box<Option<F>>>, timer: F) {
    place.set(Some(timer));
    let timer = place.as_mut().as_pin_mut().expect("it was put there");
    assert!(poll_once(timer).await.is_none(), "no timer fires early");
}
