//! Wakers may do anything: use what woke them, panic, change from poll to poll.

use crate::support::{Count, Hand, watched};
use graph_runtime::sync::{Mutex, Notify, Semaphore, mpsc};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// A waker that calls a function.
struct Calls(Box<dyn Fn() + Send + Sync>);

impl Wake for Calls {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

fn calls(f: impl Fn() + Send + Sync + 'static) -> Waker {
    Waker::from(Arc::new(Calls(Box::new(f))))
}

fn poll_with<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// With a lock held, each of these would deadlock.
#[test]
fn a_waker_may_use_what_woke_it() {
    watched(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let mut acquire = pin!(semaphore.acquire());
        let again = Arc::clone(&semaphore);
        let waker = calls(move || {
            again.add_permits(1);
            drop(again.try_acquire().unwrap());
            again.close();
        });
        assert!(poll_with(acquire.as_mut(), &waker).is_pending());
        semaphore.add_permits(1);
        assert!(semaphore.is_closed());

        let notify = Arc::new(Notify::new());
        let mut notified = pin!(notify.notified());
        let again = Arc::clone(&notify);
        let waker = calls(move || {
            again.notify_one();
            again.notify_waiters();
        });
        assert!(poll_with(notified.as_mut(), &waker).is_pending());
        notify.notify_one();

        let mutex = Arc::new(Mutex::new(0));
        let guard = mutex.try_lock().unwrap();
        let mut lock = pin!(mutex.lock());
        let again = Arc::clone(&mutex);
        let waker = calls(move || drop(again.try_lock().unwrap()));
        assert!(poll_with(lock.as_mut(), &waker).is_pending());
        drop(guard);

        let (sender, mut receiver) = mpsc::channel(8);
        let mut recv = pin!(receiver.recv());
        let again = sender.clone();
        let waker = calls(move || again.try_send(2).unwrap());
        assert!(poll_with(recv.as_mut(), &waker).is_pending());
        sender.try_send(1).unwrap();
        assert_eq!(sender.capacity(), 6);
    });
}

#[test]
fn a_waker_that_panics_does_not_keep_others_from_being_woken() {
    let notify = Notify::new();
    let mut panics = pin!(notify.notified());
    assert!(poll_with(panics.as_mut(), &calls(|| panic!("a bad waker"))).is_pending());
    let mut others: Vec<_> = (0..80).map(|_| Hand::waiting(notify.notified())).collect();
    let panic = catch_unwind(AssertUnwindSafe(|| notify.notify_waiters())).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"a bad waker"));
    for hand in &mut others {
        assert_eq!(hand.wakes(), 1);
        hand.assert_ready();
    }
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let semaphore = Semaphore::new(0);
    let (first, second) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let mut acquire = pin!(semaphore.acquire());
    for count in [&first, &second] {
        let waker = Waker::from(Arc::clone(count));
        assert!(poll_with(acquire.as_mut(), &waker).is_pending());
    }
    assert_eq!(Arc::strong_count(&first), 1, "the old one is let go");
    semaphore.add_permits(1);
    assert_eq!((first.get(), second.get()), (0, 1));
    assert_eq!(Arc::strong_count(&second), 1, "and the new one when it was woken");
}

#[test]
fn polling_again_for_no_reason_changes_nothing() {
    let semaphore = Semaphore::new(0);
    let mut first = Hand::waiting(semaphore.acquire());
    let mut second = Hand::waiting(semaphore.acquire());
    for _ in 0..3 {
        first.assert_pending();
        second.assert_pending();
    }
    semaphore.add_permits(1);
    assert!(first.is_woken() && !second.is_woken());
    drop(first.assert_ready());
}
