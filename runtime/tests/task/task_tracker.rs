//! Counting tasks, and waiting until none is left.

use crate::support::{Drops, Wakes, each_runtime, multi, poll_once, watched};
use graph_runtime::task::{self, TaskTracker};
use std::future::{pending, ready};
use std::pin::{Pin, pin};
use std::sync::{Arc, mpsc};
use std::task::Poll;

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    poll_once(future, &Arc::default())
}

#[test]
fn it_is_opened_and_closed() {
    let tracker = TaskTracker::new();
    assert!(!tracker.is_closed() && tracker.is_empty());
    assert!(tracker.close() && tracker.is_closed());
    assert!(!tracker.close() && tracker.is_closed());
    assert!(tracker.reopen() && !tracker.is_closed());
    assert!(!tracker.reopen() && !tracker.is_closed());
    assert_eq!(format!("{tracker:?}"), "TaskTracker { len: 0, is_closed: false }");
}

#[test]
fn tokens_count_and_clones_each_for_itself() {
    let tracker = TaskTracker::default();
    let mut tokens: Vec<_> = (0..10).map(|_| tracker.token()).collect();
    tokens.push(tokens[0].clone());
    assert_eq!(tracker.len(), 11);
    assert!(TaskTracker::ptr_eq(tokens[10].task_tracker(), &tracker));
    assert!(!TaskTracker::ptr_eq(&TaskTracker::new(), &tracker));
    while tokens.pop().is_some() {
        assert_eq!(tracker.len(), tokens.len());
    }
    assert!(tracker.is_empty());
}

#[test]
fn waiting_ends_when_it_is_closed_and_empty() {
    let tracker = TaskTracker::new();
    let mut open = pin!(tracker.wait());
    assert!(poll(open.as_mut()).is_pending(), "empty, but open");
    let token = tracker.token();
    tracker.close();
    let mut closed = pin!(tracker.wait());
    assert!(poll(open.as_mut()).is_pending() && poll(closed.as_mut()).is_pending());
    drop(token);
    assert!(poll(open.as_mut()).is_ready() && poll(closed.as_mut()).is_ready());
    assert!(poll(pin!(tracker.wait())).is_ready(), "at once");
}

#[test]
fn that_it_has_ended_is_not_forgotten() {
    let tracker = TaskTracker::new();
    tracker.close();
    let mut closed = pin!(tracker.wait());
    tracker.reopen();
    assert!(poll(closed.as_mut()).is_ready(), "closed when it began");
    let mut open = pin!(tracker.wait());
    assert!(poll(open.as_mut()).is_pending());
    tracker.close();
    tracker.reopen();
    assert!(poll(open.as_mut()).is_ready(), "closed for a moment");
    tracker.close();
    let token = tracker.token();
    let mut respawned = pin!(tracker.wait());
    assert!(poll(respawned.as_mut()).is_pending());
    drop(token);
    let _token = tracker.token();
    assert!(poll(respawned.as_mut()).is_ready(), "empty for a moment");
}

#[test]
fn being_empty_while_it_is_open_ends_nothing() {
    let tracker = TaskTracker::new();
    let token = tracker.token();
    let mut waiting = pin!(tracker.wait());
    assert!(poll(waiting.as_mut()).is_pending());
    drop(token);
    let _token = tracker.token();
    assert!(poll(waiting.as_mut()).is_pending());
}

#[test]
fn it_may_be_closed_while_tasks_end() {
    for closed_at in 0..=5 {
        let tracker = TaskTracker::new();
        let tokens: Vec<_> = (0..5).map(|_| tracker.token()).collect();
        let mut waiting = pin!(tracker.wait());
        for (number, token) in tokens.into_iter().enumerate() {
            if number == closed_at {
                tracker.close();
            }
            assert!(poll(waiting.as_mut()).is_pending());
            drop(token);
        }
        assert_eq!(poll(waiting.as_mut()).is_ready(), closed_at < 5);
        tracker.close();
        assert!(poll(waiting.as_mut()).is_ready());
    }
}

#[test]
fn everybody_who_waits_is_woken() {
    let (tracker, wakes) = (TaskTracker::new(), Arc::new(Wakes::default()));
    let mut waiting: Vec<_> = (0..10).map(|_| Box::pin(tracker.wait())).collect();
    assert!(waiting.iter_mut().all(|it| poll_once(it.as_mut(), &wakes).is_pending()));
    tracker.close();
    assert_eq!(wakes.count(), 10);
    assert!(waiting.iter_mut().all(|it| poll_once(it.as_mut(), &wakes).is_ready()));
}

#[test]
fn a_future_counts_until_it_is_dropped() {
    let tracker = TaskTracker::new();
    let drops = Drops::default();
    let guard = drops.guard();
    let mut tracked = Box::pin(tracker.track_future(async move {
        let _guard = guard;
        pending::<()>().await;
    }));
    assert!(poll(tracked.as_mut()).is_pending());
    assert_eq!((tracker.len(), drops.count()), (1, 0));
    drop(tracked);
    assert_eq!((tracker.len(), drops.count()), (0, 1));
    let mut done = Box::pin(tracker.track_future(ready(4)));
    assert_eq!(poll(done.as_mut()), Poll::Ready(4));
    assert_eq!(tracker.len(), 1);
}

#[test]
fn tasks_and_closures_count_however_they_end() {
    each_runtime(|runtime| {
        let tracker = TaskTracker::new();
        let (release, released) = mpsc::channel::<()>();
        let blocking = tracker.spawn_blocking_on(move || released.recv(), runtime.handle());
        let aborted = tracker.spawn_on(pending::<()>(), runtime.handle());
        assert_eq!(tracker.len(), 2);
        aborted.abort();
        runtime.block_on(async {
            let finished = tracker.spawn(async { task::yield_now().await });
            let panicked = tracker.spawn(async { panic!("counted all the same") });
            let closure = tracker.spawn_blocking(|| 3);
            drop(finished);
            tracker.close();
            release.send(()).unwrap();
            tracker.wait().await;
            assert!(tracker.is_empty());
            assert!(aborted.await.unwrap_err().is_cancelled());
            assert!(panicked.await.unwrap_err().is_panic());
            assert_eq!(closure.await.unwrap(), 3);
            blocking.await.unwrap().unwrap();
        });
    });
}

#[test]
fn dropping_it_leaves_the_tasks_alone() {
    each_runtime(|runtime| {
        let tracker = TaskTracker::new();
        let task = tracker.spawn_on(async { task::yield_now().await }, runtime.handle());
        drop(tracker);
        runtime.block_on(task).unwrap();
    });
}

#[test]
fn who_has_waited_sees_what_the_tasks_have_done() {
    watched(|| {
        let runtime = multi(3);
        for _ in 0..200 {
            let tracker = TaskTracker::new();
            let drops = Drops::default();
            runtime.block_on(async {
                for number in 0..20 {
                    let guard = drops.guard();
                    tracker.spawn(async move {
                        let _guard = guard;
                        if number % 2 == 0 {
                            task::yield_now().await;
                        }
                    });
                }
                tracker.close();
                tracker.wait().await;
            });
            assert_eq!(drops.count(), 20);
        }
    });
}
