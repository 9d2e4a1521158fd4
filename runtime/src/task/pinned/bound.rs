//! Futures that belong to a thread.

use primitives::shim::thread;
use std::mem::ManuallyDrop;
use std::pin::Pin;

/// A future that only the thread that made it can touch.
///
/// Dropping it elsewhere leaks the future: it is in a box of its own, so that it stays valid where
/// it is, as a pinned value must that is not dropped.
pub(super) struct Bound<T> {
    thread: u64,
    future: ManuallyDrop<Pin<Box<T>>>,
}

// SAFETY: the value is reached by `get` and `drop` only, which make sure that they are on the
// thread that made it; numbers of threads are not used again.
unsafe impl<T> Send for Bound<T> {}

impl<T> Bound<T> {
    pub(super) fn new(future: T) -> Self {
        Self { thread: thread::number(), future: ManuallyDrop::new(Box::pin(future)) }
    }

    fn is_here(&self) -> bool {
        self.thread == thread::number()
    }

    /// # Panics
    ///
    /// On another thread.
    pub(super) fn get(&mut self) -> Pin<&mut T> {
        assert!(self.is_here(), "a pinned task is polled by its own thread");
        self.future.as_mut()
    }
}

impl<T> Drop for Bound<T> {
    fn drop(&mut self) {
        if self.is_here() {
            // SAFETY: once, and not used afterwards.
            unsafe { ManuallyDrop::drop(&mut self.future) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bound;
    use std::rc::Rc;
    use std::thread;

    #[test]
    fn it_is_dropped_at_home_and_leaked_elsewhere() {
        let value = Rc::new(());
        drop(Bound::new(Rc::clone(&value)));
        assert_eq!(Rc::strong_count(&value), 1);
        let bound = Bound::new(Rc::clone(&value));
        thread::spawn(move || drop(bound)).join().unwrap();
        assert_eq!(Rc::strong_count(&value), 2);
    }

    #[test]
    fn elsewhere_nobody_gets_at_it() {
        let mut bound = Bound::new(Rc::new(1));
        assert_eq!(**bound.get(), 1);
        let elsewhere = thread::spawn(move || {
            bound.get();
        });
        assert!(elsewhere.join().is_err());
    }
}
