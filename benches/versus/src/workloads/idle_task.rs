//! What a task costs that only waits: resident memory per spawned task with a future of 64 bytes.

use crate::measure::memory;
use crate::peers::{Figures, Peer};
use futures_channel::oneshot;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

const TASKS: u64 = 500_000;
/// Spawned before the first reading, so that thread stacks and the like are not counted.
const WARM_UP: u64 = 1_000;

/// Gives bytes per task.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    peer.on_worker(spawn_idle::<P>(WARM_UP));
    let before = memory::resident_bytes();
    peer.on_worker(spawn_idle::<P>(TASKS));
    let grown = memory::resident_bytes().saturating_sub(before);
    assert_eq!(DROPPED.load(Ordering::Relaxed), 0, "every task is still there");
    Ok(vec![grown as f64 / TASKS as f64])
}

/// Spawns tasks and waits until each has been polled once.
async fn spawn_idle<P: Peer>(tasks: u64) {
    let (all_polled, wait) = oneshot::channel();
    let roll =
        Arc::new(Roll { missing: AtomicU64::new(tasks), all_polled: Mutex::new(Some(all_polled)) });
    for _ in 0..tasks {
        P::spawn_detached(Idle { roll: Some(Arc::clone(&roll)), waker: None, state: [1; 5] });
    }
    wait.await.expect("every task is polled");
}

/// Who has not been polled yet.
struct Roll {
    missing: AtomicU64,
    all_polled: Mutex<Option<oneshot::Sender<()>>>,
}

impl Roll {
    fn call(&self) {
        if self.missing.fetch_sub(1, Ordering::AcqRel) == 1 {
            let all_polled = self.all_polled.lock().expect("nobody panics under it").take();
            all_polled.expect("only one is the last").send(()).expect("somebody waits");
        }
    }
}

/// Waits for ever. It keeps its waker, as whatever it waits for would: a task that nothing can
/// wake is dropped by some runtimes, and costs nothing.
struct Idle {
    roll: Option<Arc<Roll>>,
    waker: Option<Waker>,
    state: [u64; 5],
}

const _: () = assert!(size_of::<Idle>() == 64);

impl Future for Idle {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.waker = Some(context.waker().clone());
        if let Some(roll) = self.roll.take() {
            roll.call();
        }
        // Never: it starts at 5. But the state has to be there to know.
        if self.state.iter().sum::<u64>() == 0 { Poll::Ready(()) } else { Poll::Pending }
    }
}

static DROPPED: AtomicU64 = AtomicU64::new(0);

impl Drop for Idle {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}
