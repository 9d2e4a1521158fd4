//! What every behaviour's test needs: runtimes of all kinds, a watchdog, and the books.

use graph_runtime::runtime::{Builder, Handle, Runtime};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test may hang before it fails. The runtime itself has no timeout that could hide a
/// lost wake-up; this one only ends the test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `body` on a thread of its own and fails if it does not return.
pub(crate) fn watched<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    let (done, waiting) = mpsc::channel();
    let thread = thread::spawn(move || {
        let _ = done.send(body());
    });
    match waiting.recv_timeout(PATIENCE) {
        Ok(result) => {
            thread.join().expect("the body has returned");
            result
        }
        Err(RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(RecvTimeoutError::Disconnected) => {
            resume_unwind(thread.join().expect_err("nothing was sent, so it panicked"))
        }
    }
}

pub(crate) fn current() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

pub(crate) fn multi(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).build().unwrap()
}

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

/// Counts how many of its [`Guard`]s have been dropped.
#[derive(Clone, Default)]
pub(crate) struct Drops(Arc<AtomicUsize>);

/// Counts when it is dropped.
pub(crate) struct Guard(Arc<AtomicUsize>);

impl Drops {
    pub(crate) fn guard(&self) -> Guard {
        Guard(Arc::clone(&self.0))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
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
