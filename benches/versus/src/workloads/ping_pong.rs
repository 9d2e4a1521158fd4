//! Pairs of tasks that answer each other, as in tokio's own benchmark of that name: each pair is
//! spawned, makes two oneshots, sends a ping through one and a pong through the other.
//!
//! The oneshot is that of `futures-channel` for every peer: what differs is spawning, waking and
//! switching.

use super::repeat;
use crate::peers::{Figures, Peer};
use futures_channel::oneshot;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Pairs under way at once.
const PAIRS: u64 = 1_000;

/// Runs it.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    Ok(vec![repeat::mean_ns(PAIRS, || peer.on_worker(play::<P>()))])
}

async fn play<P: Peer>() -> Duration {
    let start = Instant::now();
    let (done, end) = oneshot::channel();
    let table = Arc::new(Table {
        left: AtomicU64::new(PAIRS),
        answers: AtomicU64::new(0),
        done: Mutex::new(Some(done)),
    });
    for number in 0..PAIRS {
        let table = Arc::clone(&table);
        P::spawn_detached(async move { table.leave(ping::<P>(number).await) });
    }
    end.await.expect("the last pair answers");
    let answers = table.answers.load(Ordering::Relaxed);
    assert_eq!(answers, PAIRS * (PAIRS + 1) / 2, "every ping was answered by its own pong");
    start.elapsed()
}

struct Table {
    left: AtomicU64,
    answers: AtomicU64,
    done: Mutex<Option<oneshot::Sender<()>>>,
}

impl Table {
    /// A pair is done; the last one says so.
    fn leave(&self, answer: u64) {
        self.answers.fetch_add(answer, Ordering::Relaxed);
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let done = self.done.lock().expect("nobody panics under it").take();
            done.expect("only one pair is the last").send(()).expect("somebody waits");
        }
    }
}

async fn ping<P: Peer>(number: u64) -> u64 {
    let (ping, pinged) = oneshot::channel::<u64>();
    let (pong, ponged) = oneshot::channel::<u64>();
    P::spawn_detached(async move {
        let number = pinged.await.expect("there is a ping");
        pong.send(number + 1).expect("somebody waits for the pong");
    });
    ping.send(number).expect("somebody waits for the ping");
    ponged.await.expect("there is a pong")
}
