//! What the tests drive the executor with.

use futures_lite::future::{block_on, poll_fn};
use graph_runtime::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, TaskError, task_fn};
use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

/// How long a test waits for what must happen, before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// An executor on two workers, with changes to its configuration.
pub(crate) fn executor(change: impl FnOnce(&mut ExecutorConfig)) -> AsyncTaskExecutor {
    let mut config = ExecutorConfig { worker_count: 2, ..ExecutorConfig::default() };
    change(&mut config);
    AsyncTaskExecutor::new(config).unwrap()
}

/// Something that tasks wait for until the test opens it.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);

impl Gate {
    pub(crate) fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    pub(crate) async fn wait(&self) {
        poll_fn(|context| {
            let mut state = self.0.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// What tasks report, in the order in which they did.
#[derive(Clone)]
pub(crate) struct Reports<T>(Sender<T>);

impl<T: Send + 'static> Reports<T> {
    pub(crate) fn new() -> (Self, Seen<T>) {
        let (sender, receiver) = mpsc::channel();
        (Self(sender), Seen(receiver))
    }

    pub(crate) fn report(&self, value: T) {
        // A test that has what it needs hangs up.
        let _ = self.0.send(value);
    }
}

pub(crate) struct Seen<T>(Receiver<T>);

impl<T> Seen<T> {
    /// The next report; fails the test if there is none.
    pub(crate) fn next(&self) -> T {
        self.0.recv_timeout(PATIENCE).expect("the report never came")
    }

    /// Everything reported so far.
    pub(crate) fn all(&self) -> Vec<T> {
        self.0.try_iter().collect()
    }
}

/// A task that reports `name` when it begins and then waits for `gate`.
pub(crate) fn waiting(
    name: &'static str,
    reports: &Reports<&'static str>,
    gate: &Gate,
) -> ExecutableTask {
    let (reports, gate) = (reports.clone(), gate.clone());
    let task = task_fn(move |_| {
        let (reports, gate) = (reports.clone(), gate.clone());
        async move {
            reports.report(name);
            gate.wait().await;
            Ok::<_, TaskError>(name)
        }
    });
    ExecutableTask::new(task).named(name)
}

/// A task that reports `name` and ends.
pub(crate) fn quick(name: &'static str, reports: &Reports<&'static str>) -> ExecutableTask {
    let gate = Gate::default();
    gate.open();
    waiting(name, reports, &gate)
}

/// A task that does nothing.
pub(crate) fn noop() -> ExecutableTask {
    ExecutableTask::new(task_fn(|_| async { Ok::<_, TaskError>(()) }))
}

/// Waits for a future; fails the test if it never is ready.
pub(crate) fn wait<F: Future + Send>(future: F) -> F::Output
where
    F::Output: Send,
{
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        scope.spawn(move || sender.send(block_on(future)));
        match receiver.recv_timeout(PATIENCE) {
            Ok(output) => output,
            Err(_) => {
                // The thread of the future cannot be stopped, and the scope would wait for it.
                // Past the capture of the test's output, which ends with the process.
                let _ = writeln!(io::stderr(), "a future was not ready in time; a wake-up is lost");
                std::process::abort();
            }
        }
    })
}

/// Waits until something is so that nobody tells of; fails the test, where it waits, if it never
/// is.
#[track_caller]
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it never came about");
        std::thread::yield_now();
    }
}

/// Polls once: whether the future has to wait.
pub(crate) fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    block_on(futures_lite::future::poll_once(future)).is_none()
}

/// Something that a task gets from the test when it is there already.
pub(crate) struct Slot<T>(Arc<Mutex<Option<T>>>, Gate);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), self.1.clone())
    }
}

impl<T> Slot<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::default(), Gate::default())
    }

    pub(crate) fn filled(value: T) -> Self {
        let slot = Self::new();
        slot.fill(value);
        slot
    }

    pub(crate) fn fill(&self, value: T) {
        *self.0.lock().unwrap() = Some(value);
        self.1.open();
    }

    pub(crate) async fn take(&self) -> T {
        self.1.wait().await;
        self.0.lock().unwrap().take().expect("it is taken once")
    }
}

/// Every accepted task has ended, each once, and nothing is remembered of it.
pub(crate) fn check_all_ended(executor: &AsyncTaskExecutor, accepted: usize) {
    wait(executor.idle());
    let (counts, tasks) = (executor.counts(), executor.metrics().tasks);
    assert_eq!((counts.submitted, counts.ended(), counts.unfinished()), (accepted, accepted, 0));
    assert_eq!((tasks.submitted, tasks.ended()), (accepted as u64, accepted as u64));
    assert_eq!(tasks.completed, counts.completed as u64);
    assert_eq!(tasks.cancelled, counts.cancelled as u64);
    assert_eq!(executor.known_tasks(), 0);
}
