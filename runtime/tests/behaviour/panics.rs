//! Panics of user code, in every place where the runtime calls it.

use crate::support::{Gate, current, each_runtime, hook, multi, watched};
use graph_runtime::runtime::Runtime;
use graph_runtime::task::{self, JoinError, JoinHandle};
use std::future::pending;
use std::panic::{RefUnwindSafe, UnwindSafe, panic_any};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, RawWaker, RawWakerVTable, Waker};

struct PanicsOnDrop(&'static str);

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic_any(self.0);
    }
}

/// How many tasks ended in which way.
fn ends(runtime: &Runtime) -> (u64, u64, u64) {
    let tasks = runtime.handle().metrics().tasks;
    (tasks.finished, tasks.cancelled, tasks.panicked)
}

fn text(error: JoinError) -> String {
    assert!(error.is_panic() && !error.is_cancelled());
    (*error.into_panic().downcast::<&str>().unwrap()).to_owned()
}

/// Waits, while the runtime works, until nobody needs the task any more.
fn until_finished<T>(runtime: &Runtime, task: &JoinHandle<T>) {
    runtime.block_on(async {
        while !task.is_finished() {
            task::yield_now().await;
        }
    });
}

#[test]
fn in_a_poll() {
    each_runtime(|runtime| {
        let first = runtime.spawn(async { panic!("first poll") });
        assert_eq!(text(runtime.block_on(first).unwrap_err()), "first poll");
        let later = runtime.spawn(async {
            task::yield_now().await;
            panic!("second poll")
        });
        assert_eq!(text(runtime.block_on(later).unwrap_err()), "second poll");
        assert_eq!(ends(runtime), (0, 0, 2));
    });
}

/// Panics when it is polled, and again when it is dropped: during the unwinding, if all is well.
struct PanicsTwice(std::sync::mpsc::Sender<bool>);

impl Future for PanicsTwice {
    type Output = ();

    fn poll(self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> std::task::Poll<()> {
        panic!("in the poll");
    }
}

impl Drop for PanicsTwice {
    fn drop(&mut self) {
        let _ = self.0.send(std::thread::panicking());
        panic!("in the drop");
    }
}

#[test]
fn in_a_poll_and_in_the_drop_that_follows() {
    each_runtime(|runtime| {
        let (sender, unwinding) = std::sync::mpsc::channel();
        let task = runtime.spawn(PanicsTwice(sender));
        assert_eq!(text(runtime.block_on(task).unwrap_err()), "in the poll", "the first one");
        assert_eq!(unwinding.try_recv(), Ok(true), "a guard in it would poison its lock");
        assert!(unwinding.try_recv().is_err(), "once");
        assert_eq!(ends(runtime), (0, 0, 1));
    });
}

#[test]
fn in_the_drop_of_a_future_that_returned() {
    each_runtime(|runtime| {
        let mut bomb = Some(PanicsOnDrop("drop of the future"));
        let future = std::future::poll_fn(move |_| {
            assert!(bomb.is_some());
            if std::hint::black_box(false) {
                bomb = None;
            }
            std::task::Poll::Ready(1)
        });
        let task = runtime.spawn(future);
        assert_eq!(text(runtime.block_on(task).unwrap_err()), "drop of the future");
        assert_eq!(ends(runtime), (0, 0, 1), "the books agree with the join error");
    });
}

#[test]
fn in_the_drop_of_a_future_that_was_aborted() {
    each_runtime(|runtime| {
        let bomb = PanicsOnDrop("dropped by an abort");
        let task = runtime.spawn(async move {
            let _bomb = bomb;
            pending::<()>().await;
        });
        task.abort();
        assert_eq!(text(runtime.block_on(task).unwrap_err()), "dropped by an abort");
        assert_eq!(ends(runtime), (0, 0, 1));
    });
}

#[test]
fn in_the_drop_of_an_output_that_nobody_wants() {
    each_runtime(|runtime| {
        let abort = runtime.spawn(async { PanicsOnDrop("output of a detached task") });
        let finished = abort.abort_handle();
        drop(abort);
        let kept = runtime.spawn(async { PanicsOnDrop("output in a dropped handle") });
        until_finished(runtime, &kept);
        drop(kept);
        runtime.block_on(async {
            while !finished.is_finished() {
                task::yield_now().await;
            }
        });
        assert_eq!(ends(runtime), (2, 0, 0));
    });
}

/// A payload whose drop panics with a payload whose drop panics.
struct Nested(u32);

impl Drop for Nested {
    fn drop(&mut self) {
        if self.0 > 0 {
            panic_any(Nested(self.0 - 1));
        }
    }
}

struct PanicsWithNested;

impl Drop for PanicsWithNested {
    fn drop(&mut self) {
        panic_any(Nested(2));
    }
}

#[test]
fn in_the_drop_of_the_payload_of_a_panic() {
    each_runtime(|runtime| {
        let detached = runtime.spawn(async { panic_any(Nested(2)) });
        let abort = detached.abort_handle();
        drop(detached);
        let unwanted = runtime.spawn(async { PanicsWithNested });
        let dropped = unwanted.abort_handle();
        drop(unwanted);
        let kept = runtime.spawn(async { PanicsWithNested });
        until_finished(runtime, &kept);
        drop(kept);
        runtime.block_on(async {
            while !(abort.is_finished() && dropped.is_finished()) {
                task::yield_now().await;
            }
        });
        assert_eq!(ends(runtime), (2, 0, 1));
    });
}

/// Polls a handle once with `waker`, and lets the task end.
fn join_with(runtime: &Runtime, make_waker: impl FnOnce() -> Waker) -> JoinHandle<u32> {
    let gate = Gate::default();
    let inside = gate.clone();
    let mut task = runtime.spawn(async move {
        inside.pass().await;
        6
    });
    let waker = make_waker();
    assert!(Pin::new(&mut task).poll(&mut Context::from_waker(&waker)).is_pending());
    drop(waker);
    gate.open();
    until_finished(runtime, &task);
    task
}

#[test]
fn in_the_wake_of_a_join_waker() {
    each_runtime(|runtime| {
        let woken = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&woken);
        let task = join_with(runtime, || {
            hook(
                move || {
                    flag.store(true, Ordering::SeqCst);
                    panic!("wake of a join waker");
                },
                || {},
            )
        });
        assert_eq!(runtime.block_on(task).unwrap(), 6);
        assert!(woken.load(Ordering::SeqCst));
        assert_eq!(ends(runtime), (1, 0, 0));
    });
}

#[test]
fn in_the_drop_of_a_join_waker() {
    each_runtime(|runtime| {
        // Dropped by the handle.
        drop(join_with(runtime, || hook(|| {}, || panic!("drop of a join waker"))));
        // Replaced by another waker.
        let mut task = runtime.spawn(pending::<()>());
        let waker = hook(|| {}, || panic!("drop of a replaced join waker"));
        assert!(Pin::new(&mut task).poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        assert!(Pin::new(&mut task).poll(&mut Context::from_waker(Waker::noop())).is_pending());
        task.abort();
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
        assert_eq!(ends(runtime), (1, 1, 0));
    });
}

/// A waker that cannot be cloned.
fn unclonable() -> Waker {
    const TABLE: RawWakerVTable =
        RawWakerVTable::new(|_| panic!("clone of a join waker"), |_| {}, |_| {}, |_| {});
    waker_of(&TABLE)
}

/// The waker of a table whose functions ignore their data.
#[allow(unsafe_code)]
fn waker_of(table: &'static RawWakerVTable) -> Waker {
    // SAFETY: the functions of the table touch nothing, so no contract about data can be broken.
    unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), table)) }
}

#[test]
fn in_the_clone_of_a_join_waker() {
    each_runtime(|runtime| {
        let gate = Gate::default();
        let inside = gate.clone();
        let mut task = runtime.spawn(async move { inside.pass().await });
        // First with a stored waker, then without one.
        for stored in [true, false] {
            if stored {
                let mut context = Context::from_waker(Waker::noop());
                assert!(Pin::new(&mut task).poll(&mut context).is_pending());
            }
            let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                Pin::new(&mut task).poll(&mut Context::from_waker(&unclonable()))
            }));
            assert_eq!(*polled.unwrap_err().downcast::<&str>().unwrap(), "clone of a join waker");
        }
        gate.open();
        runtime.block_on(task).unwrap();
        assert_eq!(ends(runtime), (1, 0, 0));
    });
}

#[test]
fn in_a_poll_of_a_join_handle_inside_a_task() {
    each_runtime(|runtime| {
        let twice = runtime.spawn(async {
            let mut task = graph_runtime::spawn(async {});
            (&mut task).await.unwrap();
            let _ = (&mut task).await;
        });
        assert!(runtime.block_on(twice).unwrap_err().to_string().contains("polled after"));
        assert_eq!(ends(runtime), (1, 0, 1));
    });
}

#[test]
fn in_the_wake_of_a_timer() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let mut sleep = graph_runtime::time::sleep(std::time::Duration::from_millis(1));
            let waker = hook(|| panic!("wake of a timer"), || {});
            let mut context = Context::from_waker(&waker);
            if Pin::new(&mut sleep).poll(&mut context).is_pending() {
                while !sleep.is_elapsed() {
                    graph_runtime::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            }
        });
    });
}

#[test]
fn in_drops_while_the_runtime_shuts_down() {
    for make in [current, || multi(3)] {
        watched(move || {
            let runtime = make();
            let handle = runtime.handle().clone();
            for _ in 0..50 {
                let bomb = PanicsOnDrop("dropped by the shutdown");
                drop(runtime.spawn(async move {
                    let _bomb = bomb;
                    pending::<()>().await;
                }));
            }
            drop(runtime);
            let tasks = handle.metrics().tasks;
            assert_eq!((tasks.panicked, tasks.live), (50, 0));
        });
    }
}

#[test]
fn a_join_error_says_what_happened() {
    each_runtime(|runtime| {
        let task = runtime.spawn(async { panic!("{} apples", 3) });
        let id = task.id();
        let error = runtime.block_on(task).unwrap_err();
        assert_eq!(error.id(), id);
        assert_eq!(error.to_string(), format!("task {id} panicked with message \"3 apples\""));
        let task = runtime.spawn(pending::<()>());
        let id = task.id();
        task.abort();
        let error = runtime.block_on(task).unwrap_err();
        assert_eq!(error.to_string(), format!("task {id} was cancelled"));
        assert!(error.try_into_panic().unwrap_err().is_cancelled());
    });
}

#[test]
fn runtimes_and_what_one_has_of_their_tasks_may_be_seen_after_a_panic() {
    fn assert_unwind_safe<T: UnwindSafe + RefUnwindSafe>() {}
    assert_unwind_safe::<graph_runtime::runtime::Runtime>();
    assert_unwind_safe::<graph_runtime::runtime::Handle>();
    assert_unwind_safe::<graph_runtime::task::JoinHandle<std::cell::Cell<u8>>>();
    assert_unwind_safe::<graph_runtime::task::AbortHandle>();
}
