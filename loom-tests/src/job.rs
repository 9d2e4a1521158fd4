//! A future whose life is recorded.

use crate::Tracked;
use primitives::shim::atomic::{AtomicBool, Ordering::Relaxed};
use std::pin::Pin;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// What a [`Job`] waits for, and the record of its end.
///
/// The flag is the model's; everything else is invisible to loom and only read at the end.
#[derive(Debug)]
pub struct Signal {
    /// Relaxed on purpose: the wake-up has to publish it.
    ready: AtomicBool,
    waker: Mutex<Option<Waker>>,
    polls: AtomicUsize,
    futures_dropped: AtomicUsize,
    products_dropped: AtomicUsize,
}

impl Signal {
    /// A signal that has been given already, or not.
    pub fn new(ready: bool) -> Arc<Self> {
        Arc::new(Self {
            ready: AtomicBool::new(ready),
            waker: Mutex::default(),
            polls: AtomicUsize::new(0),
            futures_dropped: AtomicUsize::new(0),
            products_dropped: AtomicUsize::new(0),
        })
    }

    /// Gives the signal; the job still has to be woken.
    pub fn give(&self) {
        self.ready.store(true, Relaxed);
    }

    /// The waker that the job's first poll left here.
    ///
    /// # Panics
    ///
    /// If there was no poll, or the waker was taken already.
    pub fn take_waker(&self) -> Waker {
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
        waker.expect("the first poll leaves a waker")
    }

    /// Drops the waker that the first poll left here, if it has been polled and it is still here.
    pub fn forget_waker(&self) {
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(waker);
    }

    /// How often the job was polled.
    pub fn polls(&self) -> usize {
        self.polls.load(Relaxed)
    }

    /// How often the job was dropped: 0 or 1, or something is badly wrong.
    pub fn futures_dropped(&self) -> usize {
        self.futures_dropped.load(Relaxed)
    }

    /// How often the job's product was dropped.
    pub fn products_dropped(&self) -> usize {
        self.products_dropped.load(Relaxed)
    }
}

/// A future that is ready once its [`Signal`] has been given.
#[derive(Debug)]
pub struct Job(Arc<Signal>);

impl Job {
    /// A job that waits for `signal`.
    pub fn new(signal: &Arc<Signal>) -> Self {
        Self(Arc::clone(signal))
    }
}

impl Future for Job {
    type Output = Product;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Product> {
        let signal = &self.0;
        if signal.polls.fetch_add(1, Relaxed) == 0 {
            // Cloned before the lock: no other thread of the model may run while it is held.
            let waker = context.waker().clone();
            *signal.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
        }
        if !signal.ready.load(Relaxed) {
            return Poll::Pending;
        }
        Poll::Ready(Product { data: Tracked::new(7), signal: Arc::clone(signal) })
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.0.futures_dropped.fetch_add(1, Relaxed);
    }
}

/// A [`Job`]'s output.
#[derive(Debug)]
pub struct Product {
    data: Tracked,
    signal: Arc<Signal>,
}

impl Product {
    /// Reads what the job wrote.
    pub fn value(&self) -> u32 {
        self.data.read()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // A write, so that under loom whoever drops it must come after whoever made it.
        self.data.write(0);
        self.signal.products_dropped.fetch_add(1, Relaxed);
    }
}
