//! A future that is polled by hand.

use crate::JoinWaker;
use primitives::park_on;
use std::pin::Pin;
use std::task::Context;

/// A future that waits, and counts how often it was woken.
#[derive(Debug)]
pub struct Hand<F> {
    future: Pin<Box<F>>,
    waker: JoinWaker,
}

impl<F: Future> Hand<F> {
    /// Polls `future` once, which must not be ready.
    ///
    /// # Panics
    ///
    /// If it is.
    pub fn waiting(future: F) -> Self {
        let mut hand = Self { future: Box::pin(future), waker: JoinWaker::default() };
        let waker = hand.waker.waker();
        let polled = hand.future.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending(), "it should wait");
        hand
    }

    /// Waits for its end, on this thread.
    pub fn finish(self) -> F::Output {
        park_on(self.future)
    }

    /// Whether it has been woken.
    pub fn is_woken(&self) -> bool {
        self.waker.woken() > 0
    }
}
