//! What becomes of local tasks when their set goes, and on which thread.

use crate::support::{Drops, current, multi, watched};
use graph_runtime::sync::{mpsc, oneshot};
use graph_runtime::task::{self, LocalSet, spawn_local};
use graph_runtime::time;
use std::cell::RefCell;
use std::future::pending;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Must be dropped where it was made.
struct Stays {
    home: ThreadId,
    drops: Drops,
    not_send: PhantomData<*const ()>,
}

impl Stays {
    fn new(drops: &Drops) -> Self {
        Self { home: thread::current().id(), drops: drops.clone(), not_send: PhantomData }
    }
}

impl Drop for Stays {
    fn drop(&mut self) {
        if thread::current().id() == self.home {
            drop(self.drops.guard());
        }
    }
}

#[test]
fn dropping_a_set_drops_its_tasks() {
    watched(|| {
        let runtime = current();
        let set = LocalSet::new();
        let drops = Drops::default();
        let (started, is_started) = oneshot::channel();
        let stays = Stays::new(&drops);
        let waits = set.spawn_local(async move {
            let _stays = stays;
            started.send(()).unwrap();
            pending::<()>().await;
        });
        set.block_on(&runtime, is_started).unwrap();
        let stays = Stays::new(&drops);
        let never_polled = set.spawn_local(async move {
            let _stays = stays;
            unreachable!("the set is dropped first");
        });
        drop(set);
        assert_eq!(drops.count(), 2);
        runtime.block_on(async {
            assert!(waits.await.unwrap_err().is_cancelled());
            assert!(never_polled.await.unwrap_err().is_cancelled());
        });
    });
}

#[test]
fn tasks_that_were_woken_from_elsewhere_are_dropped_as_well() {
    watched(|| {
        let runtime = current();
        let (sender, mut receiver) = mpsc::channel::<()>(1);
        let set = LocalSet::new();
        let task = set.spawn_local(async move { while receiver.recv().await.is_some() {} });
        set.block_on(&runtime, task::yield_now());
        thread::spawn(move || drop(sender)).join().unwrap();
        drop(set);
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    });
}

#[test]
fn drops_may_wake_abort_and_spawn_in_the_set() {
    watched(|| {
        let runtime = current();
        let set = LocalSet::new();
        let drops = Drops::default();
        let (first, woken_by_first) = oneshot::channel::<()>();
        let (second, woken_by_second) = oneshot::channel::<()>();
        set.spawn_local(async move {
            let _ = woken_by_second.await;
            unreachable!("the set is being dropped");
        });
        set.spawn_local(async move {
            let _second = second;
            let _ = woken_by_first.await;
            unreachable!("the set is being dropped");
        });
        let other = set.spawn_local(pending::<()>());
        let stays = Stays::new(&drops);
        struct OnDrop<F: FnMut()>(F);
        impl<F: FnMut()> Drop for OnDrop<F> {
            fn drop(&mut self) {
                (self.0)();
            }
        }
        let mut stays = Some(stays);
        let on_drop = OnDrop(move || {
            other.abort();
            let stays = stays.take();
            let late = spawn_local(async move {
                let _stays = stays;
            });
            assert!(late.is_finished(), "it is refused");
        });
        set.spawn_local(async move {
            let _keep = (on_drop, first);
            pending::<()>().await;
        });
        set.block_on(&runtime, task::yield_now());
        drop(set);
        assert_eq!(drops.count(), 1);
    });
}

#[test]
fn a_waker_may_outlive_the_set_and_its_thread() {
    watched(|| {
        let wakers = Arc::new(Mutex::new(Vec::<Waker>::new()));
        let drops = Drops::default();
        let (inside, counted) = (Arc::clone(&wakers), drops.clone());
        thread::spawn(move || {
            let set = LocalSet::new();
            for _ in 0..10 {
                let (wakers, stays) = (Arc::clone(&inside), Stays::new(&counted));
                set.spawn_local(async move {
                    let _stays = stays;
                    std::future::poll_fn(|context| {
                        wakers.lock().unwrap().push(context.waker().clone());
                        std::task::Poll::<()>::Pending
                    })
                    .await;
                });
            }
            set.block_on(&current(), task::yield_now());
        })
        .join()
        .unwrap();
        assert_eq!(drops.count(), 10);
        for (number, waker) in wakers.lock().unwrap().drain(..).enumerate() {
            if number % 2 == 0 {
                waker.wake();
            } else {
                waker.wake_by_ref();
            }
        }
    });
}

#[test]
fn an_abort_from_elsewhere_drops_the_future_at_home() {
    watched(|| {
        let runtime = current();
        for _ in 0..50 {
            let set = LocalSet::new();
            let drops = Drops::default();
            let stays = Stays::new(&drops);
            let task = set.spawn_local(async move {
                let _stays = stays;
                pending::<()>().await;
            });
            let aborter = thread::spawn(move || task.abort());
            runtime.block_on(set);
            aborter.join().unwrap();
            assert_eq!(drops.count(), 1);
        }
    });
}

#[test]
fn wakes_and_aborts_from_elsewhere_race_with_the_drop() {
    watched(|| {
        let runtime = multi(2);
        for round in 0..300 {
            let drops = Drops::default();
            let set = LocalSet::new();
            let (mut senders, mut tasks) = (Vec::new(), Vec::new());
            for number in 0..20 {
                let (sender, receiver) = oneshot::channel::<u8>();
                let stays = Stays::new(&drops);
                senders.push(sender);
                let task = set.spawn_local(async move {
                    let _stays = stays;
                    let _ = receiver.await;
                    if number % 2 == 0 {
                        pending::<()>().await;
                    }
                });
                tasks.push(task);
            }
            if round % 2 == 0 {
                set.block_on(&runtime, task::yield_now());
            }
            thread::scope(|scope| {
                scope.spawn(move || senders.into_iter().map(|it| it.send(1)).for_each(|_| ()));
                scope.spawn(move || tasks.into_iter().for_each(|it| it.abort()));
                if round % 3 == 0 {
                    set.block_on(&runtime, task::yield_now());
                }
                drop(set);
            });
            assert_eq!(drops.count(), 20, "each is dropped once, and at home");
        }
    });
}

#[test]
fn a_set_may_be_dropped_with_its_threads_locals() {
    thread_local! {
        static SET: RefCell<Option<LocalSet>> = const { RefCell::new(None) };
    }
    watched(|| {
        let drops = Drops::default();
        let counted = drops.clone();
        thread::spawn(move || {
            let set = LocalSet::new();
            for _ in 0..5 {
                let stays = Stays::new(&counted);
                set.spawn_local(async move {
                    let _stays = stays;
                    pending::<()>().await;
                });
            }
            // In this order: the set's own thread-locals are gone by the time that it is dropped,
            // or they are not; both must do.
            SET.with(|slot| *slot.borrow_mut() = Some(set));
        })
        .join()
        .unwrap();
        assert_eq!(drops.count(), 5);
    });
}

#[test]
fn an_entered_guard_may_outlive_the_set() {
    let set = LocalSet::new();
    let guard = set.enter();
    drop(set);
    let kept = Rc::new(());
    let inside = Rc::clone(&kept);
    let task = spawn_local(async move { drop(inside) });
    assert!(task.is_finished());
    assert_eq!(Rc::strong_count(&kept), 1);
    drop(guard);
}

#[test]
fn timers_of_dropped_tasks_do_no_harm() {
    watched(|| {
        let runtime = current();
        let set = LocalSet::new();
        for millis in 0..20 {
            let sleep = async move { time::sleep(Duration::from_millis(millis)).await };
            set.spawn_local(sleep);
        }
        set.block_on(&runtime, task::yield_now());
        drop(set);
        runtime.block_on(async { time::sleep(Duration::from_millis(30)).await });
    });
}
