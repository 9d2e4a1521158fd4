//! User code that runs inside the executor may use the executor: it never runs under the lock.

use crate::common::{Gate, Reports, check_all_ended, executor, noop, until, wait, waiting};
use graph_runtime::adaptive::{ConcurrencyController, Decision, LimitReason, Window};
use graph_runtime::executor::Controller;
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, Graph, Overdue, RetryPolicy, TaskError, TaskId, Timestamp,
    task_fn,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

/// Uses the executor when it is dropped or woken, and counts how often it did.
#[derive(Clone)]
struct Curious {
    executor: Weak<AsyncTaskExecutor>,
    visits: Arc<AtomicUsize>,
}

impl Curious {
    fn new(executor: &Arc<AsyncTaskExecutor>) -> Self {
        Self { executor: Arc::downgrade(executor), visits: Arc::default() }
    }

    fn visit(&self) {
        if let Some(executor) = self.executor.upgrade() {
            let handle = executor.try_submit(noop()).unwrap();
            handle.cancel();
            executor.counts();
            executor.metrics();
            executor.concurrency();
            drop(executor.why(handle.id()));
            drop((executor.handle().dump(), format!("{executor:?}")));
            self.visits.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

struct OnDrop(Curious);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.visit();
    }
}

impl Wake for Curious {
    fn wake(self: Arc<Self>) {
        self.visit();
    }
}

fn check_rest(executor: &AsyncTaskExecutor) {
    wait(executor.idle());
    assert_eq!(executor.counts().unfinished(), 0);
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn in_the_drops_of_a_closure_a_future_and_an_output() {
    let executor = Arc::new(executor(|_| ()));
    let curious = Curious::new(&executor);
    let (captured, made) = (OnDrop(curious.clone()), curious.clone());
    let task = task_fn(move |_| {
        let _captured = &captured;
        let (held, returned) = (OnDrop(made.clone()), OnDrop(made.clone()));
        async move {
            let _held = held;
            Ok::<_, TaskError>(returned)
        }
    });
    drop(executor.try_submit(ExecutableTask::new(task)).unwrap());
    until(|| curious.visits() >= 3);
    check_rest(&executor);
}

#[test]
fn in_the_drops_of_tasks_that_never_ran() {
    let executor = Arc::new(executor(|config| config.max_in_flight = 1));
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let first = executor.try_submit(waiting("first", &reports, &gate)).unwrap();
    seen.next();
    let curious = Curious::new(&executor);
    let mut graph = Graph::new();
    for _ in 0..10 {
        let captured = OnDrop(curious.clone());
        graph.push(ExecutableTask::new(task_fn(move |_| {
            let _captured = &captured;
            async { Ok::<_, TaskError>(()) }
        })));
    }
    let handle = executor.try_submit_graph(graph).unwrap();
    handle.cancel();
    assert_eq!(curious.visits(), 10);
    assert_eq!(wait(handle).counts().cancelled, 10);
    gate.open();
    wait(first).unwrap();
    check_rest(&executor);
}

#[test]
fn in_a_waker() {
    let executor = Arc::new(executor(|_| ()));
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let mut handle = executor.try_submit(waiting("task", &reports, &gate)).unwrap();
    let mut idle = Box::pin(executor.idle());
    seen.next();
    let curious = Arc::new(Curious::new(&executor));
    let waker = Waker::from(Arc::clone(&curious));
    let mut context = Context::from_waker(&waker);
    assert!(std::pin::Pin::new(&mut handle).poll(&mut context).is_pending());
    assert!(idle.as_mut().poll(&mut context).is_pending());
    gate.open();
    until(|| curious.visits() >= 2);
    wait(handle).unwrap();
    wait(idle);
    check_rest(&executor);
}

#[test]
fn in_the_waker_of_a_listener() {
    let executor = Arc::new(executor(|config| config.overdue = Overdue::Cancel));
    let curious = Arc::new(Curious::new(&executor));
    let waker = Waker::from(Arc::clone(&curious));
    let mut events = executor.events();
    let mut next = Box::pin(events.next());
    assert!(next.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    let stuck = task_fn(|_| std::future::pending::<Result<(), TaskError>>());
    let late = ExecutableTask::new(stuck).deadline(Instant::now() + Duration::from_millis(5));
    assert!(wait(executor.try_submit(late).unwrap()).unwrap_err().is_cancelled());
    until(|| curious.visits() >= 1);
    check_rest(&executor);
}

#[test]
fn in_a_predicate_that_cancels_its_own_task() {
    let executor = Arc::new(executor(|_| ()));
    let (curious, id) = (Curious::new(&executor), TaskId::fresh());
    let asked = curious.clone();
    let fails = task_fn(|_| async { Err::<(), TaskError>("it failed".into()) });
    let policy = RetryPolicy { base: Duration::ZERO, ..RetryPolicy::attempts(1_000) };
    let task = ExecutableTask::new(fails).with_id(id).retry(policy).retry_if(move |_| {
        asked.visit();
        if asked.visits() == 10 {
            assert!(asked.executor.upgrade().unwrap().cancel(id));
        }
        true
    });
    let error = wait(executor.try_submit(task).unwrap()).unwrap_err();
    assert!(error.is_failed() || error.is_cancelled(), "{error}");
    assert_eq!(curious.visits(), 10, "that was the last attempt");
    check_rest(&executor);
}

#[test]
fn in_a_controller() {
    #[derive(Debug)]
    struct Asking(Weak<OnceLock<Curious>>);
    impl ConcurrencyController for Asking {
        fn limit(&self) -> usize {
            2
        }

        fn observe(&mut self, _: &Window, _: Timestamp) -> Decision {
            if let Some(curious) = self.0.upgrade() {
                curious.get().expect("it is set before the first task").visit();
            }
            Decision { limit: 2, reason: LimitReason::Best }
        }
    }
    let curious = Arc::new(OnceLock::new());
    let asking = Arc::downgrade(&curious);
    let executor = Arc::new(executor(|config| {
        config.adaptive_scheduling = true;
        config.controller = Controller::custom(move |_| Box::new(Asking(asking.clone())));
    }));
    let curious = curious.get_or_init(|| Curious::new(&executor));
    until(|| {
        wait(executor.try_submit(noop()).unwrap()).unwrap();
        curious.visits() >= 3
    });
    check_rest(&executor);
}

#[test]
fn in_the_drops_of_outputs_that_submit_each_other() {
    const OUTPUTS: usize = 20_000;
    /// Submits a task that returns the next one.
    struct Next(Weak<AsyncTaskExecutor>, usize);
    impl Drop for Next {
        fn drop(&mut self) {
            let (Some(executor), Some(left)) = (self.0.upgrade(), self.1.checked_sub(1)) else {
                return;
            };
            drop(executor.try_submit(returns(self.0.clone(), left)).unwrap());
        }
    }
    fn returns(executor: Weak<AsyncTaskExecutor>, left: usize) -> ExecutableTask {
        ExecutableTask::new(task_fn(move |_| {
            let next = Next(executor.clone(), left);
            async move { Ok::<_, TaskError>(next) }
        }))
    }
    let executor = Arc::new(executor(|_| ()));
    drop(executor.try_submit(returns(Arc::downgrade(&executor), OUTPUTS)).unwrap());
    until(|| executor.counts().completed > OUTPUTS);
    check_all_ended(&executor, OUTPUTS + 1);
}
