//! Futures that can be watched.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// Polls once, with a waker that does nothing.
pub(crate) fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// What has happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// A future that notes when it is polled and dropped, and returns `output` at poll number
    /// `at`.
    pub(crate) fn future<T>(&self, name: &str, at: usize, output: T) -> Watched<T> {
        Watched { log: self.clone(), name: name.to_owned(), left: at, output: Some(output) }
    }
}

pub(crate) struct Watched<T> {
    log: Log,
    name: String,
    left: usize,
    output: Option<T>,
}

impl<T> Unpin for Watched<T> {}

impl<T> Future for Watched<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        self.log.note(format!("poll {}", self.name));
        self.left -= 1;
        if self.left > 0 {
            return Poll::Pending;
        }
        Poll::Ready(self.output.take().expect("it is polled no more after it was ready"))
    }
}

impl<T> Drop for Watched<T> {
    fn drop(&mut self) {
        self.log.note(format!("drop {}", self.name));
    }
}
