//! Polling by hand, and runtimes under a watchdog.

#[path = "../support/drops.rs"]
mod drops;
#[path = "../support/watchdog.rs"]
mod watchdog;

pub(crate) use drops::{Drops, Guard};
pub(crate) use watchdog::watched;

use graph_runtime::runtime::{Builder, Runtime};
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

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
