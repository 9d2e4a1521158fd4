//! A thread outside wakes a task whose worker sleeps.

use crate::peers::{Figures, Peer};
use atomic_waker::AtomicWaker;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

const WAKES: u64 = 500;
/// Long enough for a worker that spins before it sleeps to be asleep.
const PAUSE: Duration = Duration::from_millis(1);

/// Gives the median time in microseconds from before `wake` to the task's first instruction.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    let bell = Arc::new(Bell::default());
    let (answers, answered) = mpsc::channel();
    let ringer = thread::spawn({
        let bell = Arc::clone(&bell);
        move || ring_all(&bell, &answered)
    });
    // The task is a spawned one: the future in `block_on` may be served by another mechanism.
    peer.on_worker(answer_all(bell, answers));
    let mut delays = ringer.join().expect("the ringer gets its answers");
    delays.sort_unstable();
    Ok(vec![delays[delays.len() / 2].as_secs_f64() * 1e6])
}

/// What the ringer and the task share.
#[derive(Default)]
struct Bell {
    rings: AtomicU64,
    waker: AtomicWaker,
}

/// Rings, waits for the answer, and lets the worker fall asleep, again and again.
fn ring_all(bell: &Bell, answered: &mpsc::Receiver<(u64, Instant)>) -> Vec<Duration> {
    let mut delays = Vec::new();
    for ring in 1..=WAKES {
        thread::sleep(PAUSE);
        let start = Instant::now();
        bell.rings.store(ring, Ordering::Release);
        bell.waker.wake();
        let (answer, woken) = answered.recv().expect("the task answers every ring");
        assert_eq!(answer, ring, "no ring is lost and none answered twice");
        delays.push(woken.saturating_duration_since(start));
    }
    delays
}

async fn answer_all(bell: Arc<Bell>, answers: mpsc::Sender<(u64, Instant)>) {
    let mut answered = 0;
    while answered < WAKES {
        let woken = poll_fn(|context| {
            let woken = Instant::now();
            bell.waker.register(context.waker());
            let rung = bell.rings.load(Ordering::Acquire) > answered;
            if rung { Poll::Ready(woken) } else { Poll::Pending }
        })
        .await;
        answered += 1;
        answers.send((answered, woken)).expect("the ringer waits");
    }
}
