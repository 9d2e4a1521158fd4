//! Everybody who waits for one direction of one socket.

use primitives::shim::{Mutex, MutexGuard};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::{Wake, Waker};

/// The place that is shared by all `poll_*` methods, where the last caller stays.
pub(super) const POLLER: Key = Key(0);

/// A place among the waiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u64);

/// A reactor knows one waker per direction; this one hands its wake-up on to every waiter.
///
/// All of them are woken by each event: they try, and whoever comes too late waits again. So a
/// waiter that gives up after it was woken takes nothing with it. One entry per waiting task.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<(Key, Waker)>,
    last_key: u64,
}

impl State {
    fn position(&self, key: Key) -> Option<usize> {
        self.waiting.iter().position(|(present, _)| *present == key)
    }
}

impl Waiters {
    /// A place of one's own, until the guard is dropped.
    pub(super) fn place(&self) -> Place<'_> {
        let mut state = self.state.lock();
        state.last_key += 1;
        Place { waiters: self, key: Key(state.last_key) }
    }

    /// Lets the next event wake `waker`, in place of whoever had this key.
    pub(super) fn put(&self, key: Key, waker: &Waker) {
        // Cloning and dropping wakers is user code: both happen outside the lock.
        let mut waker = waker.clone();
        let mut state = self.state.lock();
        match state.position(key) {
            Some(place) => std::mem::swap(&mut state.waiting[place].1, &mut waker),
            None => return state.waiting.push((key, waker)),
        }
        unlock_then_drop(state, waker);
    }

    /// Lets events no longer wake whoever has this key.
    pub(super) fn remove(&self, key: Key) {
        let mut state = self.state.lock();
        if let Some(place) = state.position(key) {
            let removed = state.waiting.swap_remove(place);
            unlock_then_drop(state, removed);
        }
    }
}

fn unlock_then_drop<T>(state: MutexGuard<'_, State>, value: T) {
    drop(state);
    drop(value);
}

impl Wake for Waiters {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut waiting = std::mem::take(&mut self.state.lock().waiting);
        let mut first_panic = None;
        for (_, waker) in waiting.drain(..) {
            // A panicking waker must not keep the others from being woken.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
                match first_panic {
                    None => first_panic = Some(payload),
                    // Its drop may panic as well, and one panic can be reported only.
                    Some(_) => std::mem::forget(payload),
                }
            }
        }
        // The memory is kept for the next waiter, unless one has come meanwhile.
        let mut state = self.state.lock();
        if state.waiting.capacity() == 0 {
            state.waiting = waiting;
        }
        drop(state);
        if let Some(payload) = first_panic {
            resume_unwind(payload);
        }
    }
}

/// A waiter's own place; leaves it when dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    waiters: &'a Waiters,
    key: Key,
}

impl Place<'_> {
    pub(super) fn key(&self) -> Key {
        self.key
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiters.remove(self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::{POLLER, Waiters};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    struct Bad;

    impl Wake for Bad {
        fn wake(self: Arc<Self>) {
            panic!("a bad waker");
        }
    }

    fn counted() -> (Arc<Count>, Waker) {
        let count = Arc::new(Count::default());
        (Arc::clone(&count), Waker::from(count))
    }

    #[test]
    fn everybody_present_is_woken_once() {
        let waiters = Arc::new(Waiters::default());
        let (count, waker) = counted();
        let (first, second) = (waiters.place(), waiters.place());
        for key in [POLLER, first.key(), second.key(), second.key()] {
            waiters.put(key, &waker);
        }
        waiters.wake_by_ref();
        assert_eq!(count.0.load(Ordering::SeqCst), 3);
        waiters.wake_by_ref();
        assert_eq!(count.0.load(Ordering::SeqCst), 3, "nobody waits any more");
    }

    #[test]
    fn who_has_left_is_not_woken() {
        let waiters = Arc::new(Waiters::default());
        let (count, waker) = counted();
        let place = waiters.place();
        waiters.put(place.key(), &waker);
        drop(place);
        waiters.wake_by_ref();
        assert_eq!(count.0.load(Ordering::SeqCst), 0);
        assert_eq!(Arc::strong_count(&count), 2, "no waker is kept");
    }

    #[test]
    fn the_last_poller_stays() {
        let waiters = Arc::new(Waiters::default());
        let ((first, first_waker), (second, second_waker)) = (counted(), counted());
        waiters.put(POLLER, &first_waker);
        waiters.put(POLLER, &second_waker);
        waiters.wake_by_ref();
        assert_eq!((first.0.load(Ordering::SeqCst), second.0.load(Ordering::SeqCst)), (0, 1));
    }

    #[test]
    fn panicking_wakers_do_not_stop_the_others() {
        let waiters = Arc::new(Waiters::default());
        let (count, waker) = counted();
        let places = [waiters.place(), waiters.place(), waiters.place()];
        waiters.put(POLLER, &Waker::from(Arc::new(Bad)));
        waiters.put(places[0].key(), &waker);
        waiters.put(places[1].key(), &Waker::from(Arc::new(Bad)));
        waiters.put(places[2].key(), &waker);
        let result = catch_unwind(AssertUnwindSafe(|| waiters.wake_by_ref()));
        assert!(result.is_err(), "the panic is reported");
        assert_eq!(count.0.load(Ordering::SeqCst), 2);
    }
}
