//! A panic of the user's code ends its task and nothing else.

use crate::common::{Gate, Reports, executor, noop, until, wait, waiting};
use graph_runtime::adaptive::{ConcurrencyController, Decision, Window};
use graph_runtime::executor::Controller;
use graph_runtime::runtime::Handle;
use graph_runtime::time::{Duration, Instant, timeout};
use graph_runtime::{
    AsyncTask, AsyncTaskExecutor, ExecutableTask, ExecutorConfig, ExecutorError, ExecutorEvent,
    Graph, Overdue, RetryPolicy, TaskContext, TaskError, TaskFuture, Timestamp, task_fn,
};
use std::fmt;
use std::sync::Arc;
use std::task::{Wake, Waker};

/// Panics when dropped.
struct Explosive;

impl Drop for Explosive {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

impl fmt::Debug for Explosive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Explosive")
    }
}

impl fmt::Display for Explosive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("explosive")
    }
}

impl std::error::Error for Explosive {}

/// Panics when woken.
struct BadWaker;

impl Wake for BadWaker {
    fn wake(self: Arc<Self>) {
        panic!("in wake");
    }
}

/// Whatever happened, the executor still works and has forgotten everything.
fn check_usable(executor: &AsyncTaskExecutor) {
    wait(executor.try_submit(noop()).unwrap()).unwrap();
    wait(executor.idle());
    assert_eq!(executor.counts().unfinished(), 0);
    assert_eq!(executor.known_tasks(), 0);
    assert_eq!(executor.metrics().tasks.live(), 0);
}

fn end_of(executor: &AsyncTaskExecutor, task: ExecutableTask) -> ExecutorError {
    wait(executor.try_submit(task).unwrap()).unwrap_err()
}

#[test]
fn in_run() {
    struct Run;
    impl AsyncTask for Run {
        fn run(&self, _: TaskContext) -> TaskFuture {
            panic!("in run")
        }
    }
    let executor = executor(|_| ());
    let error = end_of(&executor, ExecutableTask::new(Run).named("runner"));
    assert!(error.is_panicked() && error.is_failed());
    assert!(error.to_string().contains("(runner) panicked in attempt 1: in run"), "{error}");
    check_usable(&executor);
}

#[test]
fn in_poll() {
    let executor = executor(|_| ());
    let task = task_fn(|_| async {
        graph_runtime::task::yield_now().await;
        if true {
            panic!("in poll {}", 1);
        }
        Ok::<_, TaskError>(())
    });
    let error = end_of(&executor, ExecutableTask::new(task));
    assert!(error.to_string().contains("panicked in attempt 1: in poll 1"), "{error}");
    check_usable(&executor);
}

#[test]
fn with_a_payload_that_panics_when_dropped() {
    let executor = executor(|_| ());
    let task = task_fn(|_| async {
        if true {
            std::panic::panic_any(Explosive);
        }
        Ok::<_, TaskError>(())
    });
    assert!(end_of(&executor, ExecutableTask::new(task)).is_panicked());
    check_usable(&executor);
}

#[test]
fn in_the_drop_of_a_future() {
    /// Ready with an output, and panics when dropped afterwards.
    struct Treacherous(Explosive);
    impl Future for Treacherous {
        type Output = Result<graph_runtime::TaskOutput, TaskError>;
        fn poll(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Self::Output> {
            std::task::Poll::Ready(Ok(graph_runtime::TaskOutput::new(())))
        }
    }
    struct Task;
    impl AsyncTask for Task {
        fn run(&self, _: TaskContext) -> TaskFuture {
            Box::pin(Treacherous(Explosive))
        }
    }
    let executor = executor(|_| ());
    assert!(end_of(&executor, ExecutableTask::new(Task)).is_panicked());
    check_usable(&executor);
}

#[test]
fn in_the_drops_of_all_outputs_of_a_graph() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let first = graph.task("first", |_| async { Ok::<_, TaskError>(Explosive) }).add();
    for _ in 0..3 {
        graph.task("more", |_| async { Ok::<_, TaskError>(Explosive) }).after(first).add();
    }
    drop(executor.try_submit_graph(graph).unwrap());
    wait(executor.idle());
    check_usable(&executor);
}

#[test]
fn in_the_drop_of_an_error() {
    let executor = executor(|_| ());
    let task = || ExecutableTask::new(task_fn(|_| async { Err::<(), _>(Explosive) }));
    drop(executor.try_submit(task()).unwrap());
    wait(executor.idle());
    check_usable(&executor);
}

#[test]
fn in_the_drop_of_the_task_itself() {
    let executor = executor(|_| ());
    let explosive = Arc::new(Explosive);
    let task = task_fn(move |_| {
        let _explosive = &explosive;
        async { Ok::<_, TaskError>(()) }
    });
    wait(executor.try_submit(ExecutableTask::new(task)).unwrap()).unwrap();
    check_usable(&executor);
}

#[test]
fn in_a_waker() {
    let executor = executor(|_| ());
    let gate = Gate::default();
    let (reports, seen) = Reports::new();
    let mut handle = executor.try_submit(waiting("task", &reports, &gate)).unwrap();
    seen.next();
    let waker = Waker::from(Arc::new(BadWaker));
    let mut context = std::task::Context::from_waker(&waker);
    assert!(std::pin::Pin::new(&mut handle).poll(&mut context).is_pending());
    gate.open();
    wait(executor.idle());
    wait(handle).unwrap();
    check_usable(&executor);
}

#[graph_runtime::test(start_paused = true)]
async fn in_the_waker_of_a_listener() {
    let config = ExecutorConfig { overdue: Overdue::Report, ..ExecutorConfig::default() };
    let executor = AsyncTaskExecutor::on(Handle::current(), config).unwrap();
    let mut events = executor.events();
    let waker = Waker::from(Arc::new(BadWaker));
    let mut next = Box::pin(events.next());
    assert!(next.as_mut().poll(&mut std::task::Context::from_waker(&waker)).is_pending());
    let (now, second) = (Instant::now(), Duration::from_secs(1));
    let stuck =
        || ExecutableTask::new(task_fn(|_| std::future::pending::<Result<(), TaskError>>()));
    let late = executor.try_submit(stuck().deadline(now + second)).unwrap();
    let slow = executor.try_submit(stuck().total_timeout(2 * second)).unwrap();
    let ended = timeout(3 * second, slow).await.expect("the alarm still rings");
    assert!(ended.unwrap_err().is_timed_out());
    assert_eq!(now.elapsed(), 2 * second);
    drop(next);
    assert!(matches!(events.try_next(), Some(ExecutorEvent::DeadlinePassed { .. })));
    assert!(late.cancel());
    assert!(late.await.unwrap_err().is_cancelled());
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn in_the_drop_of_a_predicate() {
    let executor = executor(|_| ());
    let picky = || {
        let explosive = Explosive;
        noop().retry(RetryPolicy::attempts(2)).retry_if(move |_| {
            let _explosive = &explosive;
            true
        })
    };
    // The last to know of the first task is the second, and of that its own attempt.
    let gate = Gate::default();
    let (reports, _seen) = Reports::new();
    let first = executor.try_submit(picky()).unwrap();
    let gated = executor.try_submit(waiting("gated", &reports, &gate)).unwrap();
    drop(executor.try_submit(picky().after(first.id()).after(gated.id())).unwrap());
    drop(first);
    gate.open();
    wait(gated).unwrap();
    wait(executor.idle());
    let mut graph = Graph::new();
    let first = graph.push(picky());
    graph.push(picky().after(first));
    drop(executor.try_submit_graph(graph).unwrap());
    wait(executor.idle());
    assert_eq!(executor.counts().completed, 5);
    check_usable(&executor);
}

#[test]
fn in_the_drop_of_a_controller() {
    #[derive(Debug)]
    struct Bad(Explosive);
    impl ConcurrencyController for Bad {
        fn limit(&self) -> usize {
            2
        }

        fn observe(&mut self, _: &Window, _: Timestamp) -> Decision {
            panic!("in observe");
        }
    }
    let make = || {
        executor(|config| {
            config.adaptive_scheduling = true;
            config.controller = Controller::custom(|_| Box::new(Bad(Explosive)));
        })
    };
    // Dropped with the executor, and after it has panicked itself.
    drop(make());
    let executor = make();
    until(|| {
        wait(executor.try_submit(noop()).unwrap()).unwrap();
        executor.concurrency().limit > 2
    });
    check_usable(&executor);
}
