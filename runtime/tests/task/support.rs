//! What these tests share: runtimes of each kind, a watchdog, and counters.

use graph_runtime::runtime::{Builder, Runtime};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

/// How long a test may hang before it fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `body` on a thread of its own and fails if it does not return.
pub(crate) fn watched<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    let (done, waiting) = mpsc::channel();
    let thread = thread::spawn(move || {
        let _ = done.send(body());
    });
    match waiting.recv_timeout(PATIENCE) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(RecvTimeoutError::Disconnected) => {
            resume_unwind(thread.join().expect_err("nothing was sent, so it panicked"))
        }
    }
}

pub(crate) fn current() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

pub(crate) fn multi(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).build().unwrap()
}

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

/// Counts how many of its [`Guard`]s have been dropped.
#[derive(Clone, Default)]
pub(crate) struct Drops(Arc<AtomicUsize>);

/// Counts when it is dropped.
pub(crate) struct Guard(Arc<AtomicUsize>);

impl Drops {
    pub(crate) fn guard(&self) -> Guard {
        Guard(Arc::clone(&self.0))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
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
