//! Every field of the configuration does what it says, and nonsense is refused by name.

use crate::common::{Gate, Reports, executor, noop, wait, waiting};
use graph_runtime::runtime::Handle;
use graph_runtime::time::{Duration, Instant, sleep};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, ExecutorError, TaskError, task_fn,
};

fn check_refused(expected: &str, change: impl FnOnce(&mut ExecutorConfig)) {
    let mut config = ExecutorConfig::default();
    change(&mut config);
    match AsyncTaskExecutor::new(config).map(drop) {
        Err(error @ ExecutorError::InvalidConfig { .. }) => {
            assert!(
                error.to_string().contains(&format!("ExecutorConfig.{expected} is ")),
                "{error}"
            );
        }
        other => panic!("{expected}: {other:?}"),
    }
}

#[test]
fn nonsense_is_refused_by_name() {
    check_refused("worker_count", |c| c.worker_count = 0);
    check_refused("worker_count", |c| c.worker_count = 4097);
    check_refused("max_queue_size", |c| c.max_queue_size = 0);
    check_refused("max_queue_size", |c| c.max_queue_size = (1 << 31) + 1);
    check_refused("default_timeout", |c| c.default_timeout = Duration::ZERO);
    for target in [0.0, -1.0, 1.1, f64::NAN, f64::INFINITY] {
        check_refused("cpu_target", |c| c.cpu_target = target);
    }
    check_refused("memory_threshold", |c| c.memory_threshold = 0);
    check_refused("max_in_flight", |c| c.max_in_flight = 0);
    for budget in [0.0, -1.0, f64::NAN] {
        check_refused("cpu_cores", |c| c.cpu_cores = budget);
        check_refused("io_capacity", |c| c.io_capacity = budget);
    }
    check_refused("memory_bytes", |c| c.memory_bytes = 0);
}

#[test]
fn worker_count_is_the_number_of_workers() {
    for workers in [1, 3] {
        let executor = executor(|config| config.worker_count = workers);
        assert_eq!(executor.metrics().workers.len(), workers);
    }
}

#[test]
fn max_queue_size_bounds_what_has_not_started() {
    let executor = executor(|config| {
        config.max_queue_size = 3;
        config.max_in_flight = 2;
    });
    let (reports, _seen) = Reports::new();
    let gate = Gate::default();
    let task = || waiting("task", &reports, &gate);
    let accepted: Vec<_> = (0..9).map_while(|_| executor.try_submit(task()).ok()).collect();
    assert_eq!(accepted.len(), 2 + 3);
    assert_eq!(executor.counts().pending(), 3);
}

#[test]
fn default_timeout_stops_an_attempt() {
    let executor = executor(|config| config.default_timeout = Duration::from_millis(1));
    let never = task_fn(|_| std::future::pending::<Result<(), TaskError>>());
    let handle = executor.try_submit(ExecutableTask::new(never)).unwrap();
    assert!(wait(handle).unwrap_err().is_timed_out());
}

/// Thefts while one worker spawns more than it can run before the others wake up.
fn steals(enable_work_stealing: bool) -> u64 {
    let executor = executor(|config| {
        config.worker_count = 4;
        config.enable_work_stealing = enable_work_stealing;
    });
    // Until thefts are seen; without stealing, long enough to have seen some.
    for _ in 0..200 {
        let task = task_fn(|_| async {
            let children: Vec<_> =
                (0..200).map(|_| graph_runtime::spawn(graph_runtime::task::yield_now())).collect();
            for child in children {
                child.await?;
            }
            Ok::<_, TaskError>(())
        });
        wait(executor.try_submit(ExecutableTask::new(task)).unwrap()).unwrap();
        let steals = executor.metrics().workers.iter().map(|worker| worker.steals).sum();
        if steals > 0 {
            return steals;
        }
    }
    0
}

#[test]
fn enable_work_stealing_decides_whether_workers_steal() {
    assert!(steals(true) > 0);
    assert_eq!(steals(false), 0);
}

#[test]
fn cpu_target_and_memory_threshold_reach_the_monitor() {
    let executor = executor(|config| {
        config.cpu_target = 0.25;
        config.memory_threshold = 1 << 50;
    });
    let monitor = executor.resource_monitor().unwrap();
    assert_eq!(monitor.config().cpu_threshold, 0.25);
    assert_eq!(monitor.config().memory_threshold, 1 << 50);
}

#[test]
fn max_in_flight_bounds_what_runs() {
    let executor = executor(|config| config.max_in_flight = 2);
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let handles: Vec<_> =
        (0..5).map(|_| executor.try_submit(waiting("task", &reports, &gate)).unwrap()).collect();
    assert_eq!((executor.counts().running, executor.counts().ready), (2, 3));
    assert_eq!([seen.next(), seen.next()], ["task", "task"]);
    assert_eq!(seen.all().len(), 0);
    gate.open();
    for handle in handles {
        wait(handle).unwrap();
    }
}

#[test]
fn counts_and_metrics_agree() {
    let executor = executor(|_| ());
    let soon = std::time::Instant::now() + Duration::from_secs(600);
    wait(executor.try_submit(noop().deadline(soon)).unwrap()).unwrap();
    let past = noop().deadline(std::time::Instant::now());
    wait(executor.try_submit(past).unwrap()).unwrap();
    let metrics = executor.metrics();
    assert_eq!((metrics.tasks.submitted, metrics.tasks.completed), (2, 2));
    assert_eq!((metrics.deadlines_met, metrics.lateness.count), (1, 1));
    assert_eq!((metrics.queue_wait.count, metrics.run_time.count), (2, 2));
    assert_eq!(executor.counts().completed, 2);
}

#[graph_runtime::test(start_paused = true)]
async fn patience_bounds_how_long_a_task_is_overtaken() {
    let takes = |seconds| {
        ExecutableTask::new(task_fn(move |_| async move {
            sleep(Duration::from_secs(seconds)).await;
            Ok::<_, TaskError>(())
        }))
    };
    for (patience, end) in [(Duration::from_secs(5), 18), (Duration::MAX, 31)] {
        let config = ExecutorConfig { max_in_flight: 1, patience, ..ExecutorConfig::default() };
        let executor = AsyncTaskExecutor::on(Handle::current(), config).unwrap();
        let begun = Instant::now();
        let _blocker = executor.submit(takes(10)).await.unwrap();
        let low = executor.submit(takes(1)).await.unwrap();
        sleep(Duration::from_secs(9)).await;
        for _ in 0..20 {
            drop(executor.submit(takes(1).priority(1)).await.unwrap());
        }
        low.await.unwrap();
        assert_eq!(begun.elapsed().as_secs(), end);
    }
}
