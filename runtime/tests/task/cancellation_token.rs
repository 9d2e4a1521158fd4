//! One token, its clones and those who wait for it.

use crate::support::{Drops, Wakes, each_runtime, multi, poll_once, watched};
use graph_runtime::cancel::{
    CancellationToken, WaitForCancellationFuture, WaitForCancellationFutureOwned,
};
use graph_runtime::task;
use std::future::{pending, ready};
use std::hash::{BuildHasher, RandomState};
use std::panic::{RefUnwindSafe, UnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

#[test]
fn auto_traits() {
    fn is_shareable<T: Send + Sync>() {}
    fn survives_panics<T: UnwindSafe + RefUnwindSafe>() {}
    is_shareable::<CancellationToken>();
    is_shareable::<WaitForCancellationFuture<'static>>();
    is_shareable::<WaitForCancellationFutureOwned>();
    survives_panics::<CancellationToken>();
}

#[test]
fn cancelling_wakes_who_waits_and_stays() {
    let (token, wakes) = (CancellationToken::new(), Arc::new(Wakes::default()));
    let mut early = pin!(token.cancelled());
    let mut unpolled = pin!(token.clone().cancelled_owned());
    assert!(poll_once(early.as_mut(), &wakes).is_pending());
    assert!(!token.is_cancelled() && wakes.count() == 0);
    token.cancel();
    assert!(token.is_cancelled());
    assert_eq!(wakes.count(), 1);
    token.cancel();
    assert_eq!(wakes.count(), 1, "only once");
    for _ in 0..2 {
        assert!(poll_once(early.as_mut(), &wakes).is_ready());
        assert!(poll_once(unpolled.as_mut(), &wakes).is_ready());
        assert!(poll_once(pin!(token.cancelled()), &wakes).is_ready());
    }
    assert_eq!(wakes.count(), 1);
}

#[test]
fn the_last_waker_is_woken() {
    let token = CancellationToken::new();
    let (first, second) = (Arc::new(Wakes::default()), Arc::new(Wakes::default()));
    let mut waiting = pin!(token.cancelled());
    assert!(poll_once(waiting.as_mut(), &first).is_pending());
    assert!(poll_once(waiting.as_mut(), &second).is_pending());
    token.cancel();
    assert_eq!((first.count(), second.count()), (0, 1));
    assert_eq!(Arc::strong_count(&first), 1, "a waker that was replaced is dropped");
}

#[test]
fn who_gives_up_is_not_woken() {
    let (token, wakes) = (CancellationToken::new(), Arc::new(Wakes::default()));
    {
        let mut waiting = pin!(token.cancelled());
        assert!(poll_once(waiting.as_mut(), &wakes).is_pending());
    }
    assert_eq!(Arc::strong_count(&wakes), 1);
    token.cancel();
    assert_eq!(wakes.count(), 0);
}

#[test]
fn clones_are_the_same_token() {
    let token = CancellationToken::default();
    let (clone, child) = (token.clone(), token.child_token());
    let hasher = RandomState::new();
    assert_eq!(token, clone);
    assert_ne!(token, child);
    let hash = |token: &CancellationToken| hasher.hash_one(token);
    assert_eq!(hash(&token), hash(&clone));
    clone.cancel();
    assert!(token.is_cancelled() && child.is_cancelled());
    assert_eq!(format!("{clone:?}"), "CancellationToken { is_cancelled: true }");
}

#[test]
fn guards_cancel_unless_disarmed() {
    let token = CancellationToken::new();
    let guard = token.clone().drop_guard();
    assert_eq!(*guard.token(), token);
    assert_eq!(guard.disarm(), token);
    let guard = token.drop_guard_ref();
    assert_eq!(*guard.token(), token);
    assert_eq!(*guard.disarm(), token);
    assert!(!token.is_cancelled());
    let by_ref = token.child_token();
    drop(by_ref.drop_guard_ref());
    assert!(by_ref.is_cancelled() && !token.is_cancelled());
    let inside = token.clone();
    let panics = catch_unwind(move || {
        let _guard = inside.drop_guard();
        panic!("in its scope");
    });
    assert!(panics.is_err() && token.is_cancelled());
}

#[test]
fn a_future_runs_until_it_is_done_or_cancelled() {
    let (token, wakes) = (CancellationToken::new(), Arc::new(Wakes::default()));
    assert_eq!(poll_once(pin!(token.run_until_cancelled(ready(1))), &wakes), Poll::Ready(Some(1)));
    let drops = Drops::default();
    let guard = drops.guard();
    let mut waits = Box::pin(token.clone().run_until_cancelled_owned(async move {
        let _guard = guard;
        pending::<()>().await;
    }));
    assert!(poll_once(waits.as_mut(), &wakes).is_pending());
    let finishes = Arc::new(AtomicBool::new(false));
    let mut both = pin!(token.run_until_cancelled(std::future::poll_fn(|_| {
        if finishes.load(Ordering::Relaxed) { Poll::Ready("done") } else { Poll::Pending }
    })));
    assert!(poll_once(both.as_mut(), &wakes).is_pending());
    token.cancel();
    finishes.store(true, Ordering::Relaxed);
    assert_eq!(poll_once(waits.as_mut(), &wakes), Poll::Ready(None));
    assert_eq!(drops.count(), 1);
    assert_eq!(poll_once(both.as_mut(), &wakes), Poll::Ready(Some("done")));
    let unpolled = token.run_until_cancelled(async { panic!("it is cancelled already") });
    assert_eq!(poll_once(pin!(unpolled), &wakes), Poll::Ready(None::<()>));
}

/// Uses its token when it is woken, and when it is dropped.
struct Uses(CancellationToken);

impl Wake for Uses {
    fn wake(self: Arc<Self>) {
        assert!(self.0.is_cancelled());
        self.0.cancel();
        assert!(self.0.child_token().is_cancelled());
    }
}

impl Drop for Uses {
    fn drop(&mut self) {
        drop(self.0.child_token());
    }
}

#[test]
fn wakers_run_outside_of_the_locks() {
    watched(|| {
        let token = CancellationToken::new();
        let child = token.child_token();
        let waker = Waker::from(Arc::new(Uses(child.clone())));
        let mut waiting = pin!(child.cancelled());
        assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        token.cancel();
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    });
}

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("in a waker");
    }
}

#[test]
fn a_waker_that_panics_does_not_keep_the_others_waiting() {
    let (token, wakes) = (CancellationToken::new(), Arc::new(Wakes::default()));
    let tokens: Vec<_> = (0..10).map(|_| token.child_token()).collect();
    let mut waiting: Vec<_> = tokens.iter().map(|token| Box::pin(token.cancelled())).collect();
    for (number, waiting) in waiting.iter_mut().enumerate() {
        let waker =
            if number % 3 == 0 { Waker::from(Arc::new(Panics)) } else { Arc::clone(&wakes).into() };
        assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    assert!(catch_unwind(|| token.cancel()).is_err());
    assert_eq!(wakes.count(), 6);
}

#[test]
fn tasks_wait_for_it() {
    each_runtime(|runtime| {
        let token = CancellationToken::new();
        let tasks: Vec<_> = (0..100)
            .map(|number| {
                let token = if number % 2 == 0 { token.clone() } else { token.child_token() };
                runtime.spawn(async move {
                    for _ in 0..number % 5 {
                        task::yield_now().await;
                    }
                    token.cancelled().await;
                })
            })
            .collect();
        let canceller = token.clone();
        runtime.spawn(async move { canceller.cancel() });
        for task in tasks {
            runtime.block_on(task).unwrap();
        }
    });
}

#[test]
fn waiting_races_with_cancelling_and_giving_up() {
    watched(|| {
        let runtime = multi(3);
        for _ in 0..500 {
            let token = CancellationToken::new();
            let waiters: Vec<_> = (0..4)
                .map(|number| {
                    let token = if number % 2 == 0 { token.clone() } else { token.child_token() };
                    runtime.spawn(async move { token.cancelled_owned().await })
                })
                .collect();
            waiters[0].abort();
            std::thread::scope(|scope| {
                scope.spawn(|| token.cancel());
                scope.spawn(|| {
                    token.cancel();
                    assert!(token.child_token().is_cancelled());
                });
            });
            for (number, waiter) in waiters.into_iter().enumerate() {
                let joined = runtime.block_on(waiter);
                assert!(joined.is_ok() || number == 0);
            }
        }
    });
}
