//! User code that runs inside the executor may use the executor: it never runs under the lock.

use crate::common::{Gate, Reports, executor, noop, wait, waiting};
use graph_runtime::{AsyncTaskExecutor, ExecutableTask, Graph, TaskError, task_fn};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Wake, Waker};

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
    while curious.visits() < 3 {
        std::thread::yield_now();
    }
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
    while curious.visits() < 2 {
        std::thread::yield_now();
    }
    wait(handle).unwrap();
    wait(idle);
    check_rest(&executor);
}
