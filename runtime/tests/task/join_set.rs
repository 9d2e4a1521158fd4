//! Sets of tasks.

use crate::support::{Drops, Wakes, current, each_runtime, multi, poll_once, watched};
use graph_runtime::sync::Notify;
use graph_runtime::task::{self, JoinSet};
use std::collections::HashSet;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

#[test]
fn tasks_are_joined_each_once_in_the_order_of_their_ends() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut set = JoinSet::new();
            assert!(set.is_empty() && set.join_next().await.is_none());
            let gates: Vec<_> = (0..4).map(|_| Arc::new(Notify::new())).collect();
            for (number, gate) in gates.iter().enumerate() {
                let gate = Arc::clone(gate);
                set.spawn(async move {
                    gate.notified().await;
                    number
                });
                assert_eq!(set.len(), number + 1);
            }
            assert!(set.try_join_next().is_none());
            for number in [2, 0, 3, 1] {
                gates[number].notify_one();
                assert_eq!(set.join_next().await.unwrap().unwrap(), number);
            }
            assert!(set.is_empty() && set.join_next().await.is_none());
        });
    });
}

#[test]
fn it_can_be_filled_again_while_it_is_joined() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut set = JoinSet::new();
            set.spawn(async { 0 });
            set.spawn(async { 0 });
            let mut joined = 0;
            for _ in 0..2000 {
                joined += set.join_next().await.unwrap().unwrap();
                set.spawn(async { 1 });
                assert_eq!(set.len(), 2);
            }
            assert_eq!(joined, 1998);
        });
    });
}

#[test]
fn many_tasks_and_again() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut set: JoinSet<u32> = JoinSet::default();
            for round in 0..3 {
                set.extend((0..5000).map(|number| async move { number + round }));
                let mut seen = HashSet::new();
                while let Some(joined) = set.join_next().await {
                    assert!(seen.insert(joined.unwrap()));
                }
                assert_eq!(seen.len(), 5000);
            }
        });
    });
}

#[test]
fn ids_come_with_outputs_and_errors() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut set = JoinSet::new();
            let good = set.spawn(async { 5 }).id();
            assert_eq!(set.join_next_with_id().await.unwrap().unwrap(), (good, 5));
            let bad = set.spawn(async { panic!("bad") }).id();
            let error = set.join_next_with_id().await.unwrap().unwrap_err();
            assert!(error.is_panic());
            assert_eq!(error.id(), bad);
        });
    });
}

#[test]
fn blocking_closures_are_joined_like_tasks() {
    each_runtime(|runtime| {
        let mut set = JoinSet::new();
        set.spawn_blocking_on(|| 1, runtime.handle());
        runtime.block_on(async {
            set.spawn_blocking(|| 2);
            let mut outputs = set.join_all().await;
            outputs.sort_unstable();
            assert_eq!(outputs, [1, 2]);
        });
    });
}

#[test]
fn join_all_gives_all_outputs() {
    each_runtime(|runtime| {
        let mut outputs = runtime.block_on(async {
            let set: JoinSet<_> = (0..100).map(|number| async move { number }).collect();
            set.join_all().await
        });
        outputs.sort_unstable();
        assert!(outputs.into_iter().eq(0..100));
    });
}

#[test]
fn join_all_goes_on_panicking_and_aborts_the_rest() {
    each_runtime(|runtime| {
        let drops = Drops::default();
        let guard = drops.guard();
        let outer = async move {
            let mut set = JoinSet::new();
            set.spawn(async move {
                let _guard = guard;
                pending::<()>().await;
            });
            set.spawn(async { panic!("the first to end") });
            set.join_all().await;
        };
        let error = runtime.block_on(runtime.spawn(outer)).unwrap_err();
        assert_eq!(*error.into_panic().downcast::<&str>().unwrap(), "the first to end");
        runtime.block_on(async {
            while drops.count() == 0 {
                task::yield_now().await;
            }
        });
    });
}

#[test]
fn join_all_panics_if_a_task_was_aborted() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut set = JoinSet::new();
            set.spawn(pending::<()>()).abort();
            let mut all = pin!(AssertUnwindSafe(set.join_all()));
            let text = poll_fn(|context| {
                match catch_unwind(AssertUnwindSafe(|| all.as_mut().poll(context))) {
                    Ok(Poll::Pending) => Poll::Pending,
                    Ok(Poll::Ready(_)) => panic!("a task without output was joined"),
                    Err(payload) => Poll::Ready(*payload.downcast::<String>().unwrap()),
                }
            });
            assert!(text.await.ends_with("was cancelled"));
        });
    });
}

#[test]
fn a_future_of_join_next_may_be_dropped() {
    watched(|| {
        let runtime = current();
        runtime.block_on(async {
            let gate = Arc::new(Notify::new());
            let mut set = JoinSet::new();
            let inside = Arc::clone(&gate);
            set.spawn(async move {
                inside.notified().await;
                8
            });
            let wakes = Arc::new(Wakes::default());
            assert!(poll_once(pin!(set.join_next()), &wakes).is_pending());
            gate.notify_one();
            while wakes.count() == 0 {
                task::yield_now().await;
            }
            assert_eq!(set.join_next().await.unwrap().unwrap(), 8);
        });
    });
}

#[test]
fn one_wake_for_each_end_and_none_for_the_others() {
    watched(|| {
        let runtime = current();
        runtime.block_on(async {
            let gates: Vec<_> = (0..100).map(|_| Arc::new(Notify::new())).collect();
            let mut set = JoinSet::new();
            for gate in &gates {
                let gate = Arc::clone(gate);
                set.spawn(async move { gate.notified().await });
            }
            let wakes = Arc::new(Wakes::default());
            let waker = Waker::from(Arc::clone(&wakes));
            for (before, gate) in gates.iter().enumerate() {
                assert!(set.poll_join_next(&mut Context::from_waker(&waker)).is_pending());
                gate.notify_one();
                while wakes.count() == before {
                    task::yield_now().await;
                }
                assert_eq!(wakes.count(), before + 1);
                assert!(set.try_join_next().unwrap().is_ok());
                assert!(set.try_join_next().is_none());
            }
            assert!(set.poll_join_next(&mut Context::from_waker(&waker)).is_ready());
            assert_eq!(wakes.count(), gates.len());
        });
    });
}

#[test]
fn try_join_next_takes_all_that_have_finished() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut set = JoinSet::new();
            let aborts: Vec<_> = (0..1000).map(|number| set.spawn(async move { number })).collect();
            while !aborts.iter().all(task::AbortHandle::is_finished) {
                task::yield_now().await;
            }
            let mut seen = HashSet::new();
            // A task is finished a moment before it says so.
            while seen.len() < 1000 {
                while let Some(joined) = set.try_join_next_with_id() {
                    let (id, number) = joined.unwrap();
                    assert_eq!(aborts[number].id(), id);
                    assert!(seen.insert(number));
                }
                task::yield_now().await;
            }
            assert!(set.is_empty());
        });
    });
}

#[test]
fn joining_many_makes_way_for_others() {
    watched(|| {
        let runtime = current();
        runtime.block_on(async {
            let mut set = JoinSet::new();
            let aborts: Vec<_> = (0..1000).map(|number| set.spawn(async move { number })).collect();
            while !aborts.iter().all(task::AbortHandle::is_finished) {
                task::yield_now().await;
            }
            let (mut joined, mut pauses) = (0, 0);
            while !set.is_empty() {
                let polled = poll_once(pin!(set.join_next()), &Arc::default());
                match polled {
                    Poll::Ready(next) => joined += usize::from(next.unwrap().is_ok()),
                    Poll::Pending => {
                        pauses += 1;
                        assert!(
                            set.try_join_next().is_some_and(|next| next.is_ok()),
                            "not for this"
                        );
                        joined += 1;
                        task::yield_now().await;
                    }
                }
            }
            assert_eq!(joined, 1000);
            assert!((5..20).contains(&pauses), "{pauses}");
        });
    });
}

/// Runs its runtime when it is dropped.
struct DrivesOnDrop(graph_runtime::runtime::Runtime);

impl Wake for DrivesOnDrop {
    fn wake(self: Arc<Self>) {}
}

impl Drop for DrivesOnDrop {
    fn drop(&mut self) {
        self.0.block_on(task::yield_now());
    }
}

#[test]
fn a_waker_that_is_replaced_is_dropped_outside_the_lock() {
    watched(|| {
        let runtime = current();
        let mut set = JoinSet::new();
        set.spawn_on(async { 42 }, runtime.handle());
        let waker = Waker::from(Arc::new(DrivesOnDrop(runtime)));
        assert!(set.poll_join_next(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        assert!(set.poll_join_next(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(set.try_join_next().unwrap().unwrap(), 42);
    });
}

#[test]
fn ends_race_with_spawns_joins_and_drops() {
    watched(|| {
        let runtime = multi(3);
        let spawned = Drops::default();
        let mut started = 0;
        for round in 0..300 {
            let mut set = JoinSet::new();
            let stop = Arc::new(AtomicBool::new(false));
            for number in 0..20 {
                let (guard, stop) = (spawned.guard(), Arc::clone(&stop));
                started += 1;
                set.spawn_on(
                    async move {
                        let _guard = guard;
                        while number % 3 == 0 && !stop.load(Ordering::Relaxed) {
                            task::yield_now().await;
                        }
                    },
                    runtime.handle(),
                );
            }
            match round % 3 {
                0 => drop(set),
                1 => {
                    set.detach_all();
                    stop.store(true, Ordering::Relaxed);
                }
                _ => {
                    stop.store(true, Ordering::Relaxed);
                    assert_eq!(runtime.block_on(set.join_all()).len(), 20);
                }
            }
        }
        drop(runtime);
        assert_eq!(spawned.count(), started);
    });
}
