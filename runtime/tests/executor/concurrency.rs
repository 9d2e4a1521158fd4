//! A controller decides how many tasks run at once, and says why.

use crate::common::{Gate, Reports, executor, wait, waiting};
use graph_runtime::adaptive::{ConcurrencyController, Decision, LimitReason, Window};
use graph_runtime::executor::Controller;
use graph_runtime::time::sleep;
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorError, Graph, Reason, TaskError, Timestamp, task_fn,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A controller that does what a function says.
#[derive(Debug)]
struct Scripted {
    limit: usize,
    next: fn(usize, &Window) -> Decision,
}

impl ConcurrencyController for Scripted {
    fn limit(&self) -> usize {
        self.limit
    }

    fn observe(&mut self, window: &Window, _now: Timestamp) -> Decision {
        (self.next)(self.limit, window)
    }
}

fn scripted(limit: usize, next: fn(usize, &Window) -> Decision) -> AsyncTaskExecutor {
    executor(|config| {
        config.adaptive_scheduling = true;
        config.max_in_flight = 16;
        config.max_queue_size = 8;
        config.controller = Controller::custom(move |_| Box::new(Scripted { limit, next }));
    })
}

fn sleeper() -> ExecutableTask {
    ExecutableTask::new(task_fn(|_| async {
        sleep(Duration::from_millis(2)).await;
        Ok::<_, TaskError>(())
    }))
}

/// Runs graphs of sleepers until something is so.
fn run_until(executor: &AsyncTaskExecutor, tasks: usize, is_so: impl Fn() -> bool) {
    for _ in 0..500 {
        let mut graph = Graph::new();
        (0..tasks).for_each(|_| {
            graph.push(sleeper());
        });
        executor.block_on(executor.run(graph)).unwrap();
        if is_so() {
            return;
        }
    }
    panic!("it never was so: {:?}", executor.concurrency());
}

#[test]
fn more_sleepers_run_at_once_when_that_gets_more_done() {
    let executor = executor(|config| {
        config.adaptive_scheduling = true;
        config.max_in_flight = 128;
        // Whatever else this machine is doing is not to be in the way.
        config.cpu_target = 1.0;
    });
    let concurrency = executor.concurrency();
    assert_eq!((concurrency.limit, concurrency.most, concurrency.controller), (4, 128, "prober"));
    run_until(&executor, 1_000, || executor.concurrency().limit >= 16);
    let decisions = executor.concurrency().decisions;
    assert!(decisions.len() <= 64);
    assert!(decisions.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn a_task_that_waits_says_who_limits_it_and_so_does_a_full_queue() {
    let executor = scripted(2, |limit, _| Decision { limit, reason: LimitReason::Best });
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let task = || waiting("task", &reports, &gate);
    let mut handles: Vec<_> = (0..10).map(|_| executor.try_submit(task()).unwrap()).collect();
    seen.next();
    seen.next();
    let last = handles.pop().unwrap();
    let because = LimitReason::Start;
    let reason = last.why().map(|why| why.reason);
    assert_eq!(reason, Some(Reason::Limited { running: 2, limit: 2, most: 16, because }));
    assert!(last.why().unwrap().to_string().contains("2 of at most 16 may (starting"));

    let refused = executor.try_submit(task()).unwrap_err();
    let limited = Some(Decision { limit: 2, reason: because });
    let ExecutorError::QueueFull { capacity, limited: is } = refused.error else {
        panic!("{}", refused.error)
    };
    assert_eq!((capacity, is), (8, limited));
    assert!(refused.error.to_string().contains("now 2 may run at once (starting"));
    gate.open();
    handles.into_iter().chain([last]).for_each(|handle| {
        wait(handle).unwrap();
    });
}

#[test]
fn decisions_of_a_custom_controller_take_effect_within_the_bounds() {
    let executor = scripted(1, |_, _| Decision { limit: 1_000, reason: LimitReason::Headroom });
    assert_eq!(executor.concurrency().limit, 1);
    run_until(&executor, 8, || executor.concurrency().limit == 16);
    assert_eq!(executor.concurrency().controller, "custom");

    let executor = scripted(16, |_, _| Decision { limit: 0, reason: LimitReason::Memory });
    run_until(&executor, 8, || executor.concurrency().limit == 1);
}

#[test]
fn a_controller_that_panics_is_gone_and_limits_nothing_any_more() {
    static WINDOWS: AtomicUsize = AtomicUsize::new(0);
    let executor = scripted(2, |_, _| {
        WINDOWS.fetch_add(1, Ordering::Relaxed);
        panic!("it cannot decide");
    });
    run_until(&executor, 8, || executor.concurrency().limit == 16);
    let last = executor.concurrency().decisions.pop().unwrap();
    assert_eq!(last.decision.reason, LimitReason::Lost);
    executor.block_on(executor.run(Graph::new())).unwrap();
    assert_eq!(WINDOWS.load(Ordering::Relaxed), 1);
}

#[test]
fn a_controller_may_use_the_executor() {
    // It is asked when no lock is held.
    #[derive(Debug)]
    struct Curious(std::sync::Weak<std::sync::OnceLock<AsyncTaskExecutor>>);
    impl ConcurrencyController for Curious {
        fn limit(&self) -> usize {
            2
        }

        fn observe(&mut self, _window: &Window, _now: Timestamp) -> Decision {
            let executor = self.0.upgrade().unwrap();
            let limit = 1 + executor.get().map_or(0, |executor| executor.counts().running);
            Decision { limit, reason: LimitReason::Headroom }
        }
    }
    let shared = Arc::new(std::sync::OnceLock::new());
    let weak = Arc::downgrade(&shared);
    let controller = Controller::custom(move |_| Box::new(Curious(weak.clone())));
    let executor = executor(|config| {
        config.adaptive_scheduling = true;
        config.controller = controller;
    });
    shared.set(executor).unwrap();
    let executor = shared.get().unwrap();
    run_until(executor, 50, || executor.concurrency().decisions.len() > 1);
}

#[test]
fn tasks_that_wait_for_one_that_is_held_back_get_it() {
    let executor = executor(|config| {
        config.adaptive_scheduling = true;
        config.max_in_flight = 64;
        config.cpu_target = 1.0;
    });
    let gate = Gate::default();
    let (reports, _seen) = Reports::new();
    let waiters: Vec<_> =
        (0..40).map(|_| executor.try_submit(waiting("waits", &reports, &gate)).unwrap()).collect();
    let opens = task_fn(move |_| {
        let gate = gate.clone();
        async move {
            gate.open();
            Ok::<_, TaskError>(())
        }
    });
    wait(executor.try_submit(ExecutableTask::new(opens)).unwrap()).unwrap();
    waiters.into_iter().for_each(|handle| {
        wait(handle).unwrap();
    });
}
