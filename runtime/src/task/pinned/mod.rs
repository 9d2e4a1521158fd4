//! Tasks that stay on one worker.
//!
//! What travels to the worker is a closure, which is `Send`; the future that it makes there need
//! not be. The future is kept in a [`Bound`], which looks at the thread before it lets anybody
//! touch it: that is what makes these tasks sound, however they are queued, and not that the
//! worker's inbox is drained by nobody else.

mod bound;
mod error;
mod spawn;

pub use error::NoSuchWorker;
pub use spawn::spawn_pinned;

use super::JoinHandle;
use super::annotation::Annotation;
use super::place::Keeper;
use super::runnable::{Runnable, new_listed};
use bound::Bound;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A closure, then the future that it has made, on the thread that polled first.
enum Pinned<F, Fut> {
    New(F),
    Made(Bound<Fut>),
    /// The closure is under way, or has panicked.
    Gone,
}

/// The future is in a box.
impl<F, Fut> Unpin for Pinned<F, Fut> {}

impl<F, Fut> Future for Pinned<F, Fut>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    type Output = Fut::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Fut::Output> {
        if let Self::New(_) = *self
            && let Self::New(create) = std::mem::replace(&mut *self, Self::Gone)
        {
            *self = Self::Made(Bound::new(create()));
        }
        match &mut *self {
            Self::Made(future) => future.get().poll(context),
            Self::New(_) | Self::Gone => unreachable!("a task that has panicked is not polled"),
        }
    }
}

/// A new task that makes its future when it is polled first. Its keeper sees to it that it is
/// polled by one thread only.
pub(crate) fn new_pinned<F, Fut, K>(
    create: F,
    keeper: K,
    number: usize,
    site: &'static Location<'static>,
    label: Option<Annotation>,
) -> (Runnable, JoinHandle<Fut::Output>)
where
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future + 'static,
    Fut::Output: Send + 'static,
    K: Keeper,
{
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let future = is_send(Pinned::New(create));
    // SAFETY: the future and its output are Send, and a task is run by one thread at a time.
    unsafe { new_listed(future, keeper, number, site, label) }
}
