//! What these tests share: runtimes of each kind, a watchdog, and counters.

#[path = "../support/drops.rs"]
mod drops;
#[path = "../support/kinds.rs"]
mod kinds;
#[path = "../support/watchdog.rs"]
mod watchdog;

pub(crate) use drops::{Drops, Guard};
pub(crate) use kinds::{current, multi};
pub(crate) use watchdog::watched;

use graph_runtime::runtime::Runtime;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Checks `behaviour` on runtimes of each kind, under a watchdog. Dropping them drops every task.
pub(crate) fn each_runtime(behaviour: fn(&Runtime)) {
    for make in [current, || multi(1), || multi(3)] {
        watched(move || {
            let runtime = make();
            behaviour(&runtime);
            let handle = runtime.handle().clone();
            drop(runtime);
            let tasks = handle.metrics().tasks;
            assert_eq!(tasks.live, 0, "dropping a runtime drops every task");
            assert_eq!(tasks.spawned, tasks.finished + tasks.cancelled + tasks.panicked);
        });
    }
}

/// Counts its wakes.
#[derive(Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wakes {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Polls once, and has `wakes` count.
pub(crate) fn poll_once<F: Future + ?Sized>(
    future: Pin<&mut F>,
    wakes: &Arc<Wakes>,
) -> Poll<F::Output> {
    let waker = Waker::from(Arc::clone(wakes));
    future.poll(&mut Context::from_waker(&waker))
}
