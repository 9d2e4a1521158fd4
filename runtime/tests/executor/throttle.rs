//! Groups and rates on a real runtime.

use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, ExecutorError, FailurePolicy, Graph,
    GroupLimit, RateLimit, Reason, ResourceRequirements, TaskError, task_fn,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// Longer than any of these tests takes.
const YEAR: Duration = Duration::from_secs(365 * 86_400);

fn executor(change: impl FnOnce(&mut ExecutorConfig)) -> AsyncTaskExecutor {
    let mut config = ExecutorConfig { worker_count: 2, ..ExecutorConfig::default() };
    change(&mut config);
    AsyncTaskExecutor::new(config).unwrap()
}

fn nothing() -> ExecutableTask {
    ExecutableTask::new(task_fn(|_| async { Ok::<_, TaskError>(()) }))
}

/// How much is in use, and the most there ever was.
#[derive(Default)]
struct Usage {
    now: AtomicU64,
    most: AtomicU64,
}

impl Usage {
    fn enter(&self, amount: u64) {
        let now = self.now.fetch_add(amount, Ordering::SeqCst) + amount;
        self.most.fetch_max(now, Ordering::SeqCst);
    }

    fn leave(&self, amount: u64) {
        self.now.fetch_sub(amount, Ordering::SeqCst);
    }
}

#[test]
fn no_budget_is_exceeded_under_load_and_nothing_is_left_behind() {
    const MILLI: f64 = 1_000.0;
    let executor = executor(|config| {
        (config.cpu_cores, config.memory_bytes, config.io_capacity) = (1.5, 1_000, 0.7);
        config.groups = vec![GroupLimit::new("db", 3)];
    });
    let usage: Arc<[Usage; 4]> = Arc::default();
    for failure in [FailurePolicy::ContinueIndependent, FailurePolicy::FailFast] {
        let mut graph = Graph::new().failure_policy(failure);
        for number in 0..600_u64 {
            let cpu = [0, 100, 700, 1_500][number as usize % 4];
            let memory = [0, 300, 1_000][number as usize % 3];
            let io = [0, 50, 700, 333, 20][number as usize % 5];
            let in_group = u64::from(number % 7 == 0);
            let (usage, takes) = (Arc::clone(&usage), [cpu, memory, io, in_group]);
            let run = move |_| {
                let usage = Arc::clone(&usage);
                async move {
                    usage.iter().zip(takes).for_each(|(usage, amount)| usage.enter(amount));
                    graph_runtime::task::yield_now().await;
                    usage.iter().zip(takes).for_each(|(usage, amount)| usage.leave(amount));
                    if number == 500 { Err(TaskError::from("enough")) } else { Ok(()) }
                }
            };
            let needs = ResourceRequirements {
                cpu_cores: cpu as f64 / MILLI,
                memory_bytes: memory as usize,
                io_intensity: io as f64 / MILLI,
            };
            let task = graph.task("load", run).requires(needs);
            if in_group == 1 {
                task.group("db").add()
            } else {
                task.add()
            };
        }
        let report = executor.block_on(executor.run(graph)).unwrap();
        assert_eq!(report.counts().ended(), 600);
        assert_eq!(report.counts().failed, 1);
    }
    let most = usage.each_ref().map(|usage| usage.most.load(Ordering::SeqCst));
    assert!(
        most.iter().zip([1_500, 1_000, 700, 3]).all(|(most, total)| *most <= total),
        "{most:?}"
    );
    assert_eq!(executor.group_usage("db"), Some((0, 3)));
    // Whatever was taken is there again: what needs all of it starts.
    let all = ResourceRequirements { cpu_cores: 1.5, memory_bytes: 1_000, io_intensity: 0.7 };
    let last = executor.try_submit(nothing().requires(all).group("db")).unwrap();
    executor.block_on(last).unwrap();
}

#[test]
fn cancelled_attempts_give_their_places_back() {
    let executor = executor(|config| config.groups = vec![GroupLimit::new("db", 1)]);
    for _ in 0..50 {
        let endless = task_fn(|_| std::future::pending::<Result<(), TaskError>>());
        let endless = ExecutableTask::new(endless).group("db");
        let (id, handle) = (endless.id, executor.try_submit(endless).unwrap());
        assert!(executor.cancel(id));
        assert!(executor.block_on(handle).unwrap_err().is_cancelled());
    }
    executor.block_on(executor.try_submit(nothing().group("db")).unwrap()).unwrap();
    assert_eq!(executor.group_usage("db"), Some((0, 1)));
}

#[test]
fn a_group_holds_up_only_its_own_until_its_limit_is_raised() {
    let executor = executor(|config| config.groups = vec![GroupLimit::new("db", 1)]);
    let (started, runs) = mpsc::channel();
    let waits = |started: mpsc::Sender<()>| {
        let task = task_fn(move |context| {
            let started = started.clone();
            async move {
                started.send(()).unwrap();
                context.cancelled().await;
                Ok::<_, TaskError>(())
            }
        });
        ExecutableTask::new(task).group("db")
    };
    let _first = executor.try_submit(waits(started.clone())).unwrap();
    runs.recv().unwrap();
    let second = waits(started);
    let id = second.id;
    let _second = executor.try_submit(second).unwrap();
    executor.block_on(executor.try_submit(nothing()).unwrap()).unwrap();
    let reason = executor.why(id).map(|why| why.reason);
    assert_eq!(reason, Some(Reason::Group { name: "db".into(), running: 1, limit: 1 }));

    executor.set_group_limit("db", 2).unwrap();
    runs.recv().unwrap();
    assert_eq!(executor.group_usage("db"), Some((2, 2)));
    assert!(executor.set_group_limit("db", 0).unwrap_err().is_rejected());
    executor.block_on(executor.shutdown());
}

#[test]
fn a_task_that_cost_less_lets_the_next_one_start() {
    let rates = vec![RateLimit::new("tokens", 100, YEAR)];
    let executor = executor(|config| config.rates = rates);
    let mut graph = Graph::new();
    // All there is: without the correction the second one would wait for years.
    let first = graph
        .task("first", |context| async move {
            context.correct_cost("tokens", 1.0)?;
            Ok::<_, ExecutorError>(())
        })
        .costs("tokens", 100.0)
        .add();
    graph
        .task("second", |_| async { Ok::<_, TaskError>(()) })
        .after(first)
        .costs("tokens", 99.0)
        .add();
    let report = executor.block_on(executor.run(graph)).unwrap();
    assert_eq!(report.counts().completed, 2);
}

#[test]
fn a_rate_lets_tasks_start_when_there_is_enough_again() {
    let rates = vec![RateLimit::new("calls", 1, Duration::from_millis(20))];
    let executor = executor(|config| config.rates = rates);
    let begin = std::time::Instant::now();
    let mut graph = Graph::new();
    for _ in 0..4 {
        graph.task("call", |_| async { Ok::<_, TaskError>(()) }).costs("calls", 1.0).add();
    }
    assert_eq!(executor.block_on(executor.run(graph)).unwrap().counts().completed, 4);
    assert!(begin.elapsed() >= Duration::from_millis(60), "the first one had a full bucket");
}

#[test]
fn a_pause_holds_until_it_is_ended() {
    let rates = vec![RateLimit::new("calls", 1_000, MINUTE)];
    let executor = executor(|config| config.rates = rates);
    let mut graph = Graph::new();
    graph
        .task("too much", |context| async move {
            context.slow_down("calls", YEAR)?;
            context.slow_down("calls", MINUTE)?;
            Ok::<_, ExecutorError>(())
        })
        .costs("calls", 1.0)
        .add();
    executor.block_on(executor.run(graph)).unwrap();
    let next = nothing().costs("calls", 1.0);
    let id = next.id;
    let next = executor.try_submit(next).unwrap();
    let reason = executor.why(id).map(|why| why.reason.label());
    assert_eq!(reason, Some("rate-paused"));
    executor.resume_rate("calls").unwrap();
    executor.block_on(next).unwrap();
}

#[test]
fn what_is_not_declared_is_refused() {
    let executor = executor(|config| config.groups = vec![GroupLimit::new("db", 1)]);
    let refused = executor.try_submit(nothing().group("bd")).unwrap_err();
    assert!(refused.error.is_rejected());
    assert!(refused.to_string().contains("there is db"), "{refused}");
    assert_eq!(refused.task.groups, ["bd".into()], "it comes back as it was");
    let refused = executor.try_submit(nothing().costs("tokens", 1.0)).unwrap_err();
    assert!(refused.to_string().contains("there are none"), "{refused}");
    let pause = executor.pause_rate("tokens", MINUTE).unwrap_err();
    assert!(pause.is_rejected());
    let config =
        ExecutorConfig { groups: vec![GroupLimit::new("db", 0)], ..ExecutorConfig::default() };
    assert!(config.validate().unwrap_err().is_invalid_config());
}
