//! What every behaviour's test needs: runtimes of all kinds, a watchdog, and the books.

#[path = "../support/drops.rs"]
mod drops;
#[path = "../support/kinds.rs"]
mod kinds;
#[path = "../support/watchdog.rs"]
mod watchdog;

pub(crate) use drops::Drops;
pub(crate) use kinds::{current, multi};
pub(crate) use watchdog::{PATIENCE, watched};

use graph_runtime::runtime::{Builder, Handle, Runtime};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// Checks `behaviour` on runtimes of every kind, under a watchdog, and the books afterwards.
pub(crate) fn each_runtime(behaviour: fn(&Runtime)) {
    let without_stealing =
        || Builder::new_multi_thread().worker_threads(2).work_stealing(false).build().unwrap();
    let makers: [fn() -> Runtime; 5] =
        [current, || multi(1), || multi(2), || multi(4), without_stealing];
    for make in makers {
        watched(move || check(make(), behaviour));
    }
}

/// Checks `behaviour` on the kinds of runtime where only one task runs at a time.
pub(crate) fn each_single_runtime(behaviour: fn(&Runtime)) {
    let makers: [fn() -> Runtime; 2] = [current, || multi(1)];
    for make in makers {
        watched(move || check(make(), behaviour));
    }
}

/// Checks `behaviour`, that the runtime still works, and that it drops every task.
fn check(runtime: Runtime, behaviour: fn(&Runtime)) {
    behaviour(&runtime);
    assert_usable(&runtime);
    let handle = runtime.handle().clone();
    drop(runtime);
    assert_books(&handle);
    assert_eq!(handle.metrics().tasks.live, 0, "dropping a runtime drops every task");
}

/// Tasks, timers and the blocking pool do their work.
pub(crate) fn assert_usable(runtime: &Runtime) {
    let answer = runtime.block_on(async {
        let task = graph_runtime::spawn(async {
            graph_runtime::time::sleep(Duration::from_micros(10)).await;
            graph_runtime::task::yield_now().await;
            40
        });
        task.await.unwrap() + graph_runtime::task::spawn_blocking(|| 2).await.unwrap()
    });
    assert_eq!(answer, 42);
}

/// Every spawned task is in exactly one column. Nothing may be spawning at this moment.
pub(crate) fn assert_books(handle: &Handle) {
    let tasks = handle.metrics().tasks;
    let accounted = tasks.finished + tasks.cancelled + tasks.panicked + tasks.live;
    assert_eq!(tasks.spawned, accounted, "{tasks:?}");
}

/// Waits until `condition` holds, which other threads bring about.
pub(crate) fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        thread::yield_now();
    }
}

/// A waker that runs closures when it is woken and when it is dropped for the last time.
struct Hook<W: Fn() + Send + Sync, D: Fn() + Send + Sync> {
    on_wake: W,
    on_drop: D,
}

pub(crate) fn hook(
    on_wake: impl Fn() + Send + Sync + 'static,
    on_drop: impl Fn() + Send + Sync + 'static,
) -> Waker {
    Waker::from(Arc::new(Hook { on_wake, on_drop }))
}

impl<W: Fn() + Send + Sync, D: Fn() + Send + Sync> Wake for Hook<W, D> {
    fn wake(self: Arc<Self>) {
        (self.on_wake)();
    }
}

impl<W: Fn() + Send + Sync, D: Fn() + Send + Sync> Drop for Hook<W, D> {
    fn drop(&mut self) {
        (self.on_drop)();
    }
}

/// A future that is pending until it is opened; for one waiter.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<std::sync::Mutex<GateState>>);

#[derive(Default)]
struct GateState {
    open: bool,
    waker: Option<Waker>,
}

impl Gate {
    pub(crate) fn open(&self) {
        let mut state = self.0.lock().unwrap();
        state.open = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits until it is opened, and closes it again.
    pub(crate) async fn pass(&self) {
        std::future::poll_fn(|context| {
            let mut state = self.0.lock().unwrap();
            if std::mem::take(&mut state.open) {
                return std::task::Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            std::task::Poll::Pending
        })
        .await;
    }
}
