//! A waker that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

/// What the awaiting side of a join handle looks like from below: a waker that counts how often
/// it was woken and how many copies of it there are.
#[derive(Debug, Default)]
pub struct JoinWaker(Arc<Count>);

#[derive(Debug, Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl JoinWaker {
    /// Another copy.
    pub fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.0))
    }

    /// How often any copy was woken.
    pub fn woken(&self) -> usize {
        self.0.0.load(Ordering::Relaxed)
    }

    /// How many copies have not been dropped.
    pub fn copies(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }
}
