//! Signals reach who they are for.

use crate::support::{Hand, now, on_two_workers};
use graph_runtime::sync::Notify;
use std::cell::RefCell;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

#[test]
fn one_signal_is_for_one_and_several_untaken_are_one() {
    let notify = Notify::new();
    notify.notify_one();
    notify.notify_one();
    now(notify.notified());
    let mut first = Hand::waiting(notify.notified());
    let second = Hand::waiting(notify.notified());
    notify.notify_one();
    assert!(first.is_woken() && !second.is_woken());
    first.assert_ready();
}

#[test]
fn the_last_may_be_first() {
    let notify = Notify::new();
    let first = Hand::waiting(notify.notified());
    let mut second = Hand::waiting(notify.notified());
    notify.notify_last();
    assert!(!first.is_woken() && second.is_woken());
    second.assert_ready();
}

#[test]
fn a_signal_for_the_last_is_passed_on_to_the_last() {
    let notify = Notify::new();
    let first = Hand::waiting(notify.notified());
    let second = Hand::waiting(notify.notified());
    let third = Hand::waiting(notify.notified());
    notify.notify_last();
    drop(third);
    assert!(!first.is_woken() && second.is_woken());
}

#[test]
fn all_are_those_who_have_asked_so_far() {
    let notify = Notify::new();
    let mut waiting: Vec<_> = (0..100).map(|_| Hand::waiting(notify.notified())).collect();
    let mut unpolled = Hand::new(notify.notified());
    notify.notify_waiters();
    let mut late = Hand::new(notify.notified());
    for hand in &mut waiting {
        assert_eq!(hand.wakes(), 1);
        hand.assert_ready();
    }
    unpolled.assert_ready();
    late.assert_pending();
}

#[test]
fn enabling_is_getting_in_line() {
    let notify = Notify::new();
    let mut enabled = Box::pin(notify.notified());
    assert!(!enabled.as_mut().enable());
    let mut later = Hand::waiting(notify.notified());
    notify.notify_one();
    assert!(enabled.as_mut().enable(), "it is first");
    now(enabled);
    later.assert_pending();
}

#[test]
fn the_owned_future_keeps_the_signal() {
    let notify = Arc::new(Notify::new());
    let mut waits = Hand::waiting(Arc::clone(&notify).notified_owned());
    notify.notify_one();
    drop(notify);
    waits.assert_ready();
}

thread_local! {
    /// What to do when [`Rings`] is woken.
    static ON_WAKE: RefCell<Option<Arc<Notify>>> = const { RefCell::new(None) };
}

/// Gives another signal as soon as it is woken.
struct Rings;

impl Wake for Rings {
    fn wake(self: Arc<Self>) {
        ON_WAKE.with_borrow_mut(|notify| {
            if let Some(notify) = notify.take() {
                notify.notify_one();
            }
        });
    }
}

/// A task that is woken by `notify_waiters` may call `notify_one` before all the others have been
/// woken. That signal must not be used up by one of those.
#[test]
fn a_signal_in_the_middle_of_one_for_all_is_not_lost() {
    let notify = Arc::new(Notify::new());
    ON_WAKE.set(Some(Arc::clone(&notify)));
    let mut rings = pin!(notify.notified());
    let waker = Waker::from(Arc::new(Rings));
    assert_eq!(rings.as_mut().poll(&mut Context::from_waker(&waker)), Poll::Pending);
    let mut others: Vec<_> = (0..100).map(|_| Hand::waiting(notify.notified())).collect();
    notify.notify_waiters();
    for hand in &mut others {
        assert_eq!(hand.wakes(), 1);
        hand.assert_ready();
    }
    now(notify.notified());
}

#[test]
fn two_tasks_answer_each_other() {
    on_two_workers(async {
        let pair = Arc::new((Notify::new(), Notify::new()));
        let there = Arc::clone(&pair);
        let task = graph_runtime::spawn(async move {
            for _ in 0..10_000 {
                there.0.notified().await;
                there.1.notify_one();
            }
        });
        for _ in 0..10_000 {
            pair.0.notify_one();
            pair.1.notified().await;
        }
        task.await.unwrap();
    });
}
