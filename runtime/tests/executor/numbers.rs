//! Numbers at the limits of their types are taken for what they say, or refused.

use crate::common::{check_all_ended, executor, noop, wait};
use graph_runtime::time::Instant;
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, FailurePolicy, Graph, GroupLimit, History,
    Overdue, Policy, RateLimit, ResourceRequirements, RetryPolicy, TaskError, TaskId, task_fn,
};
use std::time::Duration;

/// The longest wait that a policy may ask for.
const CENTURY: Duration = Duration::from_secs(36_525 * 24 * 60 * 60);

/// The largest id that one may choose.
const LAST: u64 = (1 << 63) - 1;

/// Says as much of everything as can be said.
fn extreme() -> ExecutableTask {
    let needs = ResourceRequirements { memory_bytes: usize::MAX, ..Default::default() };
    noop()
        .priority(u32::MAX)
        .estimate(Duration::MAX)
        .timeout(Duration::MAX - Duration::from_nanos(1))
        .idle_timeout(Duration::MAX)
        .total_timeout(Duration::MAX)
        .input_size(u64::MAX)
        .requires(needs)
        .retry(RetryPolicy { base: CENTURY, cap: CENTURY, ..RetryPolicy::attempts(9) })
}

/// As early as the clock can say.
fn long_ago() -> std::time::Instant {
    let mut at = std::time::Instant::now();
    for exponent in (0..40).rev() {
        at = at.checked_sub(Duration::from_secs(1 << exponent)).unwrap_or(at);
    }
    at
}

/// As late as the clock can say.
fn never() -> std::time::Instant {
    let mut at = std::time::Instant::now();
    for exponent in (0..64).rev() {
        at = at.checked_add(Duration::from_secs(1 << exponent)).unwrap_or(at);
    }
    at
}

#[test]
fn the_largest_are_run_in_whatever_order() {
    let policies = [Policy::default(), Policy::CriticalPath, Policy::Fifo, Policy::LevelBarrier];
    for (policy, history) in policies.into_iter().flat_map(|it| [(it, false), (it, true)]) {
        let executor = executor(|config| {
            config.policy = policy;
            config.history = history.then(History::default);
            config.overdue = Overdue::Report;
            config.patience = Duration::MAX;
            config.default_timeout = Duration::MAX - Duration::from_nanos(1);
        });
        let mut graph = Graph::new()
            .deadline(never())
            .timeout(Duration::MAX)
            .failure_policy(FailurePolicy::FailFast);
        let mut last = graph.push(extreme().with_id(TaskId::new(LAST)).deadline(long_ago()));
        for id in [0, LAST - 1, 1 << 62] {
            last = graph.push(extreme().with_id(TaskId::new(id)).after(last).deadline(never()));
        }
        let report = wait(executor.run(graph)).unwrap();
        assert!(report.is_complete(), "{policy:?}: {:?}", report.counts());
        let extreme = extreme().with_id(TaskId::new(LAST));
        wait(executor.try_submit(extreme).unwrap()).unwrap();
        check_all_ended(&executor, 5);
    }
}

#[graph_runtime::test(start_paused = true)]
async fn the_longest_wait_can_be_cut_short() {
    let config = ExecutorConfig::default();
    let executor =
        AsyncTaskExecutor::on(graph_runtime::runtime::Handle::current(), config).unwrap();
    let fails = task_fn(|_| async { Err::<(), TaskError>("it failed".into()) });
    let policy = RetryPolicy {
        base: CENTURY,
        cap: CENTURY,
        jitter: graph_runtime::Jitter::None,
        ..RetryPolicy::attempts(2)
    };
    let handle = executor.try_submit(ExecutableTask::new(fails).retry(policy)).unwrap();
    while executor.counts().backing_off == 0 {
        graph_runtime::task::yield_now().await;
    }
    let begun = Instant::now();
    assert!(handle.cancel());
    assert!(handle.await.unwrap_err().is_cancelled());
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn what_is_no_amount_is_refused_and_comes_back() {
    let executor = executor(|config| {
        config.groups = vec![GroupLimit::new("group", 1)];
        config.rates = vec![RateLimit::new("rate", 1, Duration::from_secs(1))];
    });
    let amounts = [f64::NAN, -1.0, f64::NEG_INFINITY];
    let requires = |cpu_cores, io_intensity| {
        noop().requires(ResourceRequirements { cpu_cores, io_intensity, ..Default::default() })
    };
    let wrong = amounts.into_iter().flat_map(|amount| {
        [requires(amount, 0.0), requires(0.0, amount), noop().costs("rate", amount)]
    });
    let infinite = noop().costs("rate", f64::INFINITY);
    let mut refusals = 0;
    for task in wrong.chain([infinite]) {
        let refused = executor.try_submit(task.named("wrong")).unwrap_err();
        assert!(refused.error.is_rejected(), "{}", refused.error);
        assert_eq!(refused.task.name.as_deref(), Some("wrong"));
        let mut graph = Graph::new();
        graph.push(noop());
        graph.push(*refused.task);
        let refused = executor.try_submit_graph(graph).unwrap_err();
        assert!(refused.error.is_rejected() && refused.task.len() == 2);
        refusals += 3;
    }
    assert_eq!(executor.metrics().tasks.rejected, refusals);
    check_all_ended(&executor, 0);
}
