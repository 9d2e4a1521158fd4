//! Tasks that stay on one thread.

use crate::support::{Wakes, current, each_runtime, poll_once, watched};
use graph_runtime::runtime::UnhandledPanic;
use graph_runtime::sync::{Notify, mpsc, oneshot};
use graph_runtime::task::{self, JoinSet, LocalSet, spawn_local};
use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

#[test]
fn tasks_run_on_the_sets_thread_however_deep_they_are_spawned() {
    each_runtime(|runtime| {
        let here = thread::current().id();
        LocalSet::new().block_on(runtime, async move {
            let check = move || assert_eq!(thread::current().id(), here);
            check();
            let outer = spawn_local(async move {
                check();
                task::yield_now().await;
                let inner = spawn_local(async move {
                    check();
                    graph_runtime::time::sleep(Duration::from_millis(2)).await;
                    check();
                    task::spawn_blocking(move || thread::current().id() != here).await.unwrap()
                });
                let elsewhere = inner.await.unwrap();
                check();
                elsewhere
            });
            assert!(outer.await.unwrap(), "blocking closures run elsewhere");
        });
    });
}

#[test]
fn awaiting_a_set_runs_all_its_tasks() {
    each_runtime(|runtime| {
        let log = Rc::new(RefCell::new(Vec::new()));
        let set = LocalSet::new();
        for number in 0..3 {
            let log = Rc::clone(&log);
            set.spawn_local(async move {
                let inner = Rc::clone(&log);
                drop(spawn_local(async move {
                    task::yield_now().await;
                    inner.borrow_mut().push(number + 10);
                }));
                task::yield_now().await;
                log.borrow_mut().push(number);
            });
        }
        assert!(log.borrow().is_empty(), "nothing runs by itself");
        runtime.block_on(set);
        let mut log = log.take();
        log.sort_unstable();
        assert_eq!(log, [0, 1, 2, 10, 11, 12]);
    });
}

#[test]
fn an_empty_set_is_done() {
    let wakes = Arc::new(Wakes::default());
    assert!(poll_once(pin!(LocalSet::new()), &wakes).is_ready());
    let set = LocalSet::default();
    set.spawn_local(pending::<()>());
    assert!(poll_once(pin!(set), &wakes).is_pending());
}

#[test]
fn tasks_that_are_left_go_on_with_the_next_poll() {
    watched(|| {
        let runtime = current();
        let set = LocalSet::new();
        let count = Rc::new(Cell::new(0));
        let inside = Rc::clone(&count);
        let task = set.spawn_local(async move {
            for _ in 0..1000 {
                inside.set(inside.get() + 1);
                task::yield_now().await;
            }
        });
        runtime.block_on(set.run_until(task::yield_now()));
        let before = count.get();
        assert!((1..1000).contains(&before), "{before}");
        runtime.block_on(async {});
        assert_eq!(count.get(), before, "only its own polls run it");
        set.block_on(&runtime, task).unwrap();
        assert_eq!(count.get(), 1000);
    });
}

#[test]
fn entering_a_set_is_enough_to_spawn() {
    watched(|| {
        let (outer, inner) = (LocalSet::new(), LocalSet::new());
        let in_outer = outer.enter();
        let first = spawn_local(async { 1 });
        {
            let _in_inner = inner.enter();
            drop(spawn_local(pending::<()>()));
        }
        let second = spawn_local(async { 2 });
        drop(in_outer);
        assert!(catch_unwind(|| spawn_local(async {})).is_err());
        let sum =
            outer.block_on(&current(), async { first.await.unwrap() + second.await.unwrap() });
        assert_eq!(sum, 3);
    });
}

#[test]
#[should_panic(expected = "`spawn_local` called from outside of a `task::LocalSet`")]
fn outside_of_a_set_spawning_panics() {
    current().block_on(async { drop(spawn_local(async {})) });
}

#[test]
fn plain_tasks_on_the_same_thread_are_not_in_the_set() {
    watched(|| {
        let runtime = current();
        LocalSet::new().block_on(&runtime, async {
            let plain = task::spawn(async { catch_unwind(|| spawn_local(async {})).is_err() });
            assert!(plain.await.unwrap());
        });
    });
}

#[test]
fn a_local_task_may_be_joined_and_woken_elsewhere() {
    each_runtime(|runtime| {
        LocalSet::new().block_on(runtime, async {
            let (sender, receiver) = oneshot::channel();
            let local = spawn_local(async move {
                let not_send = Rc::new(receiver.await.unwrap());
                *not_send + 1
            });
            let elsewhere = task::spawn(async move {
                sender.send(41).unwrap();
                local.await.unwrap()
            });
            assert_eq!(elsewhere.await.unwrap(), 42);
        });
    });
}

#[test]
fn outputs_need_not_be_send() {
    each_runtime(|runtime| {
        let (kept, unseen) = (Rc::new(5), Rc::new(6));
        let (in_kept, in_unseen) = (Rc::clone(&kept), Rc::clone(&unseen));
        LocalSet::new().block_on(runtime, async move {
            drop(spawn_local(async move { in_unseen }));
            let output = spawn_local(async move { in_kept }).await.unwrap();
            assert_eq!(*output, 5);
        });
        assert_eq!(Rc::strong_count(&kept), 1);
        assert_eq!(Rc::strong_count(&unseen), 1);
    });
}

#[test]
fn spawning_and_waking_from_the_side_has_the_set_polled() {
    let set = LocalSet::new();
    let wakes = Arc::new(Wakes::default());
    let mut running = pin!(set.run_until(pending::<()>()));
    assert!(poll_once(running.as_mut(), &wakes).is_pending());
    let notify = Arc::new(Notify::new());
    let inside = Arc::clone(&notify);
    let task = set.spawn_local(async move { inside.notified().await });
    assert_eq!(wakes.count(), 1);
    assert!(poll_once(running.as_mut(), &wakes).is_pending());
    let elsewhere = Arc::clone(&notify);
    thread::spawn(move || elsewhere.notify_one()).join().unwrap();
    assert_eq!(wakes.count(), 2);
    assert!(!task.is_finished());
    assert!(poll_once(running.as_mut(), &wakes).is_pending());
    assert!(task.is_finished());
    let task = set.spawn_local(async move { notify.notified().await });
    assert!(poll_once(running.as_mut(), &wakes).is_pending());
    let before = wakes.count();
    task.abort();
    assert_eq!(wakes.count(), before + 1, "an abort is a wake");
    assert!(poll_once(running.as_mut(), &wakes).is_pending());
    assert!(task.is_finished());
}

#[test]
fn one_poll_makes_a_bounded_number_of_steps() {
    let set = LocalSet::new();
    let steps = Rc::new(Cell::new(0));
    for _ in 0..2 {
        let steps = Rc::clone(&steps);
        set.spawn_local(async move {
            loop {
                steps.set(steps.get() + 1);
                task::yield_now().await;
            }
        });
    }
    let wakes = Arc::new(Wakes::default());
    let mut running = pin!(set.run_until(pending::<()>()));
    for round in 1..5 {
        assert!(poll_once(running.as_mut(), &wakes).is_pending());
        assert_eq!((steps.get(), wakes.count()), (61 * round, round), "and asks for the next");
    }
}

#[test]
fn a_busy_set_leaves_others_their_turn_and_serves_its_inbox() {
    watched(|| {
        let runtime = current();
        let set = LocalSet::new();
        set.block_on(&runtime, async {
            drop(spawn_local(async {
                loop {
                    task::yield_now().await;
                }
            }));
            let (sender, mut receiver) = mpsc::channel(1);
            let thread = thread::spawn(move || {
                for number in 0..50 {
                    sender.blocking_send(number).unwrap();
                }
            });
            let local = spawn_local(async move {
                let mut sum = 0;
                while let Some(number) = receiver.recv().await {
                    sum += number;
                }
                sum
            });
            task::spawn(async { task::yield_now().await }).await.unwrap();
            assert_eq!(local.await.unwrap(), 49 * 25);
            thread.join().unwrap();
        });
    });
}

#[test]
fn each_task_has_a_budget_of_its_own() {
    watched(|| {
        let runtime = current();
        let set = LocalSet::new();
        let semaphore = Rc::new(graph_runtime::sync::Semaphore::new(1));
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            let semaphore = Rc::clone(&semaphore);
            let acquire = async move {
                let mut count = 0;
                while let std::task::Poll::Ready(permit) =
                    poll_once(pin!(semaphore.acquire()), &Arc::default())
                {
                    drop(permit);
                    count += 1;
                }
                count
            };
            tasks.spawn_local_on(acquire, &set);
        }
        assert_eq!(set.block_on(&runtime, tasks.join_all()), [128; 3]);
    });
}

#[test]
fn many_tasks_and_wakes_from_many_threads() {
    each_runtime(|runtime| {
        const COUNT: usize = 500;
        let done = Rc::new(Cell::new(0));
        let count = Rc::clone(&done);
        LocalSet::new().block_on(runtime, async move {
            let mut senders = Vec::new();
            let mut set = JoinSet::new();
            for _ in 0..COUNT {
                let (sender, receiver) = oneshot::channel::<()>();
                senders.push(sender);
                let count = Rc::clone(&count);
                set.spawn_local(async move {
                    receiver.await.unwrap();
                    task::yield_now().await;
                    count.set(count.get() + 1);
                });
            }
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    let senders = senders.split_off(senders.len() - COUNT / 4);
                    thread::spawn(move || senders.into_iter().for_each(|it| it.send(()).unwrap()))
                })
                .collect();
            set.join_all().await;
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        assert_eq!(done.get(), COUNT);
    });
}

#[test]
fn panics_are_the_tasks_outputs_but_the_futures_own() {
    each_runtime(|runtime| {
        let set = LocalSet::new();
        let task = set.spawn_local(async { panic!("in a local task") });
        let error = runtime.block_on(set.run_until(task)).unwrap_err();
        assert!(error.to_string().contains("in a local task"));
        let run = || set.block_on(runtime, async { panic!("in the future itself") });
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        assert!(catch_unwind(|| spawn_local(async {})).is_err(), "the set was left");
        assert_eq!(set.block_on(runtime, set.spawn_local(ready(1))).unwrap(), 1);
    });
}

#[test]
fn a_panic_shuts_the_set_down_if_asked_to() {
    each_runtime(|runtime| {
        let mut set = LocalSet::new();
        set.unhandled_panic(UnhandledPanic::ShutdownRuntime);
        let kept = Rc::new(());
        let clone = Rc::clone(&kept);
        let other = set.spawn_local(async move {
            let _kept = clone;
            pending::<()>().await;
        });
        let run = || {
            set.block_on(runtime, async {
                drop(spawn_local(async { panic!("boom") }));
                pending::<()>().await;
            });
        };
        let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        let text = payload.downcast_ref::<&str>().unwrap();
        assert!(text.contains("configured to shutdown on unhandled panic"));
        assert_eq!(Rc::strong_count(&kept), 1);
        assert!(other.is_finished() && set.spawn_local(async {}).is_finished());
        let again = || set.block_on(runtime, pending::<()>());
        assert!(catch_unwind(AssertUnwindSafe(again)).is_err(), "and stays so");
    });
}

#[test]
fn sets_nest_and_ids_with_them() {
    watched(|| {
        LocalSet::new().block_on(&current(), async {
            let outer = spawn_local(async {
                let id = task::id();
                let inner = LocalSet::new();
                let inside = inner.run_until(async { spawn_local(async { task::id() }).await });
                assert_ne!(inside.await.unwrap(), id);
                assert_eq!(task::id(), id);
                spawn_local(ready(7)).await.unwrap()
            });
            assert_eq!(outer.await.unwrap(), 7);
        });
    });
}

#[test]
fn a_task_may_keep_another_set_entered() {
    watched(|| {
        let (set, other) = (Rc::new(LocalSet::new()), Rc::new(LocalSet::new()));
        for finishes in [true, false] {
            let other = Rc::clone(&other);
            set.spawn_local(async move {
                let _entered = other.enter();
                if !finishes {
                    pending::<()>().await;
                }
            });
        }
        let leaks = Rc::clone(&other);
        set.spawn_local(async move { std::mem::forget(leaks.enter()) });
        for _ in 0..100 {
            set.spawn_local(task::yield_now());
        }
        let mut running = pin!(set.run_until(pending::<()>()));
        for _ in 0..10 {
            let mut context = Context::from_waker(Waker::noop());
            assert!(running.as_mut().poll(&mut context).is_pending());
        }
    });
}
