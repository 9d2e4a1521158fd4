//! Starting tasks, from inside and outside, and what the handle knows.

use crate::support::{
    Drops, Gate, assert_books, current, each_runtime, each_single_runtime, multi, watched,
};
use graph_runtime::task::{self, JoinHandle};
use std::collections::HashSet;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

#[test]
fn a_task_gives_its_output_to_its_handle() {
    each_runtime(|runtime| {
        let task = runtime.spawn(async { "out".to_owned() + "side" });
        let outside = runtime.block_on(task).unwrap();
        let inside = runtime.block_on(async {
            task::spawn(async { graph_runtime::spawn(async { 2 }).await.unwrap() + 1 }).await
        });
        assert_eq!((outside.as_str(), inside.unwrap()), ("outside", 3));
    });
}

#[test]
fn whoever_has_joined_a_task_finds_it_in_the_books() {
    each_runtime(|runtime| {
        for round in 1..=2_000 {
            runtime.block_on(runtime.spawn(async {})).unwrap();
            let tasks = runtime.handle().metrics().tasks;
            assert_eq!((tasks.spawned, tasks.finished, tasks.live), (round, round, 0));
        }
    });
}

#[test]
fn a_detached_task_runs_on_and_its_output_is_dropped() {
    each_runtime(|runtime| {
        let (sender, receiver) = mpsc::channel();
        let drops = Drops::default();
        let guard = drops.guard();
        let gate = Gate::default();
        let inside = gate.clone();
        drop(runtime.spawn(async move {
            inside.pass().await;
            sender.send(()).unwrap();
            guard
        }));
        runtime.block_on(async {
            gate.open();
            while drops.count() == 0 {
                task::yield_now().await;
            }
        });
        receiver.try_recv().unwrap();
        assert_eq!(drops.count(), 1);
    });
}

#[test]
fn an_output_is_dropped_once_whoever_drops_it() {
    each_runtime(|runtime| {
        let drops = Drops::default();
        let [joined, left, raced] = [drops.guard(), drops.guard(), drops.guard()];
        drop(runtime.block_on(runtime.spawn(async { joined })).unwrap());
        assert_eq!(drops.count(), 1);
        let left = runtime.spawn(async { left });
        runtime.block_on(async {
            while !left.is_finished() {
                task::yield_now().await;
            }
        });
        assert_eq!(drops.count(), 1);
        drop(left);
        assert_eq!(drops.count(), 2);
        drop(runtime.spawn(async { raced }));
        runtime.block_on(async {
            while drops.count() < 3 {
                task::yield_now().await;
            }
        });
    });
}

#[test]
fn the_id_is_the_same_seen_from_everywhere() {
    each_runtime(|runtime| {
        let task = runtime.spawn(async { (task::id(), task::try_id()) });
        let ids = [task.id(), task.abort_handle().id()];
        let (inside, tried) = runtime.block_on(task).unwrap();
        assert_eq!(ids, [inside; 2]);
        assert_eq!(tried, Some(inside));
        runtime.block_on(async { assert_eq!(task::try_id(), None, "the root is no task") });
    });
}

struct ReportsId(mpsc::Sender<Option<task::Id>>);

impl Drop for ReportsId {
    fn drop(&mut self) {
        self.0.send(task::try_id()).unwrap();
    }
}

#[test]
fn the_future_is_dropped_inside_its_task() {
    each_runtime(|runtime| {
        let (sender, receiver) = mpsc::channel();
        let reports = ReportsId(sender);
        let task = runtime.spawn(async move {
            let _reports = reports;
            pending::<()>().await;
        });
        let id = task.id();
        task.abort();
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
        assert_eq!(receiver.recv().unwrap(), Some(id));
    });
}

#[test]
#[should_panic(expected = "task::try_id()")]
fn asking_for_the_id_outside_a_task_says_what_to_do() {
    task::id();
}

#[test]
fn a_handle_knows_whether_the_task_is_finished() {
    each_runtime(|runtime| {
        let gate = Gate::default();
        let inside = gate.clone();
        let task = runtime.spawn(async move { inside.pass().await });
        assert!(!task.is_finished());
        assert!(!task.abort_handle().is_finished());
        gate.open();
        let abort = task.abort_handle();
        runtime.block_on(task).unwrap();
        assert!(abort.is_finished());
        assert!(!abort.is_aborted());
    });
}

#[test]
fn many_threads_spawn_at_once() {
    each_runtime(|runtime| {
        let joined: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    let handle = runtime.handle();
                    scope.spawn(move || (0..300).map(|n| handle.spawn(async move { n })).collect())
                })
                .collect();
            let tasks: Vec<JoinHandle<usize>> =
                threads.into_iter().flat_map(|it| -> Vec<_> { it.join().unwrap() }).collect();
            let ids: HashSet<_> = tasks.iter().map(JoinHandle::id).collect();
            assert_eq!(ids.len(), 2400, "ids are unique");
            runtime.block_on(async {
                let mut sum = 0;
                for task in tasks {
                    sum += task.await.unwrap();
                }
                sum
            })
        });
        assert_eq!(joined, 8 * 300 * 299 / 2);
        assert_books(runtime.handle());
    });
}

/// Spawns a task when it is dropped, and hands its handle out.
struct SpawnsOnDrop(mpsc::Sender<JoinHandle<u32>>);

impl Drop for SpawnsOnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(task::spawn(async { 5 }));
    }
}

#[test]
fn a_drop_may_spawn() {
    each_runtime(|runtime| {
        let (sender, receiver) = mpsc::channel();
        let spawns = SpawnsOnDrop(sender);
        runtime.block_on(runtime.spawn(async { drop(spawns) })).unwrap();
        assert_eq!(runtime.block_on(receiver.recv().unwrap()).unwrap(), 5);
    });
}

#[test]
fn a_drop_may_spawn_while_the_runtime_shuts_down() {
    let makers = [crate::support::current, || crate::support::multi(3)];
    for make in makers {
        watched(move || {
            let (sender, receiver) = mpsc::channel();
            let runtime = make();
            let handle = runtime.handle().clone();
            for _ in 0..100 {
                let spawns = SpawnsOnDrop(sender.clone());
                drop(runtime.spawn(async {
                    let _spawns = spawns;
                    pending::<()>().await;
                }));
            }
            drop(runtime);
            let late: Vec<_> = receiver.try_iter().collect();
            assert_eq!(late.len(), 100);
            assert!(late.iter().all(JoinHandle::is_finished), "refused or run, none is left");
            assert_books(&handle);
            assert_eq!(handle.metrics().tasks.live, 0);
        });
    }
}

#[test]
fn a_handle_panics_when_it_is_polled_after_its_output() {
    each_runtime(|runtime| {
        let mut task = runtime.spawn(async { 1 });
        assert_eq!(runtime.block_on(&mut task).unwrap(), 1);
        let again = catch_unwind(AssertUnwindSafe(|| {
            Pin::new(&mut task).poll(&mut Context::from_waker(Waker::noop()))
        }));
        let message = *again.unwrap_err().downcast::<&str>().unwrap();
        assert!(message.contains("after it gave its output"), "{message}");
    });
}

#[test]
fn a_moved_join_handle_wakes_its_last_poller() {
    each_single_runtime(|runtime| {
        let gate = Gate::default();
        let inside = gate.clone();
        let mut task = runtime.spawn(async move { inside.pass().await });
        runtime.block_on(async {
            let first = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut task).poll(cx)));
            assert!(first.await.is_pending());
            let mover = graph_runtime::spawn(task);
            task::yield_now().await;
            gate.open();
            mover.await.unwrap().unwrap();
        });
    });
}

#[repr(align(256))]
struct Aligned([u8; 5000]);

#[test]
fn large_and_aligned_futures_are_kept_in_place() {
    each_runtime(|runtime| {
        let task = runtime.spawn(async {
            let big = Aligned([7; 5000]);
            let before = (&raw const big).addr();
            task::yield_now().await;
            let sum: usize = big.0.iter().map(|&byte| byte as usize).sum();
            (before % 256, before == (&raw const big).addr(), sum)
        });
        assert_eq!(runtime.block_on(task).unwrap(), (0, true, 35_000));
    });
}

/// A future of half a megabyte.
async fn large() -> usize {
    let mut room = [0_u8; 512 << 10];
    graph_runtime::task::yield_now().await;
    room[1] = 1;
    room.iter().map(|&it| usize::from(it)).sum()
}

#[test]
fn large_futures_do_not_fill_the_stack() {
    // The test's own frames have copies of it, too.
    let stack = std::thread::Builder::new().stack_size(4 << 20);
    let thread = stack.spawn(|| {
        for runtime in [current(), multi(2)] {
            assert_eq!(runtime.block_on(large()), 1);
            assert_eq!(runtime.block_on(runtime.spawn(large())).unwrap(), 1);
            let nested = runtime.spawn(async { graph_runtime::spawn(large()).await.unwrap() });
            assert_eq!(runtime.block_on(nested).unwrap(), 1);
        }
    });
    thread.unwrap().join().unwrap();
}
