//! Polling by hand, and runtimes under a watchdog.

use graph_runtime::runtime::{Builder, Runtime};
use std::fmt::Debug;
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
        Ok(result) => {
            thread.join().expect("the body has returned");
            result
        }
        Err(RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(RecvTimeoutError::Disconnected) => {
            resume_unwind(thread.join().expect_err("nothing was sent, so it panicked"))
        }
    }
}

/// Runs `future` on a runtime with two workers, under the watchdog.
pub(crate) fn on_two_workers<F>(future: F) -> F::Output
where
    F: Future<Output: Send> + Send + 'static,
{
    watched(|| two_workers().block_on(async { graph_runtime::spawn(future).await.unwrap() }))
}

pub(crate) fn two_workers() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

/// Counts wake-ups.
#[derive(Default)]
pub(crate) struct Count(AtomicUsize);

impl Count {
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A future that is polled by hand, and counts how often it was woken.
pub(crate) struct Hand<F> {
    future: Pin<Box<F>>,
    count: Arc<Count>,
}

impl<F: Future> Hand<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future: Box::pin(future), count: Arc::default() }
    }

    /// A future that has been polled once and waits.
    pub(crate) fn waiting(future: F) -> Self
    where
        F::Output: Debug,
    {
        let mut hand = Self::new(future);
        hand.assert_pending();
        hand
    }

    pub(crate) fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(Arc::clone(&self.count));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Whether it has been woken since it was made.
    pub(crate) fn is_woken(&self) -> bool {
        self.count.get() > 0
    }

    pub(crate) fn wakes(&self) -> usize {
        self.count.get()
    }

    #[track_caller]
    pub(crate) fn assert_pending(&mut self)
    where
        F::Output: Debug,
    {
        match self.poll() {
            Poll::Pending => {}
            Poll::Ready(output) => panic!("it should wait, but is ready: {output:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn assert_ready(&mut self) -> F::Output {
        match self.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("it should be ready, but waits"),
        }
    }
}

/// The output of a future that does not wait.
#[track_caller]
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    Hand::new(future).assert_ready()
}

/// Counts how often its [`Guard`]s have been dropped.
#[derive(Clone, Default)]
pub(crate) struct Drops(Arc<AtomicUsize>);

impl Drops {
    pub(crate) fn guard(&self) -> Guard {
        Guard(self.clone())
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Counts when it is dropped.
pub(crate) struct Guard(Drops);

impl Guard {
    /// Another one of the same count.
    pub(crate) fn again(&self) -> Self {
        self.0.guard()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Guard")
    }
}
