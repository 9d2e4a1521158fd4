//! What goes wrong is tried again, on a clock that stands still.

use crate::common::{Reports, Seen, executor, wait};
use graph_runtime::runtime::{Builder, Handle, RngSeed};
use graph_runtime::time::{Duration, Instant, sleep};
use graph_runtime::{
    AsyncTaskExecutor, EndState, ExecutableTask, ExecutorConfig, ExecutorError, FailurePolicy,
    Graph, Jitter, Reason, RetryPolicy, TaskContext, TaskError, TaskState, task_fn,
};
use std::error::Error;
use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// So many attempts; waits of 1, 2, 4 ... seconds.
fn policy(attempts: u32) -> RetryPolicy {
    let base = Duration::from_secs(1);
    RetryPolicy { base, jitter: Jitter::None, ..RetryPolicy::attempts(attempts) }
}

#[derive(Debug)]
struct Busy(u32);

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "busy {}", self.0)
    }
}

impl Error for Busy {}

/// A task that fails before attempt number `succeeds`, and reports when each began.
fn flaky(succeeds: u32) -> (ExecutableTask, Seen<Instant>) {
    let (reports, seen) = Reports::new();
    let task = task_fn(move |context: TaskContext| {
        reports.report(Instant::now());
        async move {
            let attempt = context.attempt();
            if attempt < succeeds { Err(Busy(attempt)) } else { Ok(attempt) }
        }
    });
    (ExecutableTask::new(task).named("flaky"), seen)
}

fn on_this_runtime(change: impl FnOnce(&mut ExecutorConfig)) -> AsyncTaskExecutor {
    let mut config = ExecutorConfig::default();
    change(&mut config);
    AsyncTaskExecutor::on(Handle::current(), config).unwrap()
}

#[graph_runtime::test(start_paused = true)]
async fn attempts_follow_each_other_as_the_policy_says() {
    let executor = on_this_runtime(|_| ());
    let begun = Instant::now();
    let (task, seen) = flaky(4);
    let mut handle = executor.submit(task.retry(policy(9))).await.unwrap();
    let output = (&mut handle).await.unwrap();
    assert_eq!(handle.earlier_errors().len(), 3);
    assert_eq!(*output.downcast::<u32>().unwrap(), 4);
    let starts: Vec<_> = seen.all().iter().map(|at| (*at - begun).as_secs()).collect();
    assert_eq!(starts, [0, 1, 3, 7]);
    let tasks = executor.metrics().tasks;
    assert_eq!((tasks.submitted, tasks.retried, tasks.completed, tasks.failed), (1, 3, 1, 0));
    assert_eq!(executor.metrics().run_time.count, 4, "of each attempt");
    assert_eq!(executor.known_tasks(), 0);
}

#[graph_runtime::test(start_paused = true)]
async fn the_last_error_is_the_task_s_and_the_others_can_be_had() {
    let executor = on_this_runtime(|_| ());
    let mut graph = Graph::new();
    let (task, _) = flaky(99);
    let flaky = graph.push(task.retry(policy(12)));
    let report = executor.run(graph).await.unwrap();
    let task = report.tasks().next().unwrap();
    assert_eq!((task.id, task.end, task.attempts), (flaky, EndState::Failed, 12));
    let error = task.error.unwrap();
    assert_eq!(error.attempt(), Some(12));
    assert!(error.to_string().ends_with("(flaky) failed in attempt 12: busy 12"), "{error}");
    assert!(error.source().unwrap().downcast_ref::<Busy>().is_some());
    let earlier: Vec<_> = task.earlier_errors.iter().map(ExecutorError::attempt).collect();
    assert_eq!(earlier, (4..12).map(Some).collect::<Vec<_>>(), "eight are kept");
}

#[graph_runtime::test(start_paused = true)]
async fn a_waiting_retry_holds_no_place_and_says_for_how_long_it_waits() {
    let executor = on_this_runtime(|config| config.max_in_flight = 1);
    let (task, seen) = flaky(2);
    let flaky = executor.submit(task.retry(policy(2))).await.unwrap();
    let (other, others) = self::flaky(1);
    executor.submit(other).await.unwrap().await.unwrap();
    assert_eq!((seen.all().len(), others.all().len()), (1, 1));
    let state = flaky.state();
    assert!(matches!(state, TaskState::BackingOff { attempts: 1, .. }), "{state:?}");
    assert_eq!(executor.counts().backing_off, 1);
    let why = flaky.why().expect("it waits");
    let second = Duration::from_secs(1);
    assert!(matches!(why.reason, Reason::Backoff { left, attempts: 1 } if left == second));
    flaky.await.unwrap();
}

#[graph_runtime::test(start_paused = true)]
async fn the_predicate_decides_about_errors_and_only_about_those() {
    let executor = on_this_runtime(|_| ());
    let is_early = |error: &(dyn Error + Send + Sync + 'static)| {
        error.downcast_ref::<Busy>().is_some_and(|Busy(attempt)| *attempt < 3)
    };
    let (task, seen) = flaky(99);
    let task = task.retry(policy(9)).retry_if(is_early);
    let error = executor.submit(task).await.unwrap().await.unwrap_err();
    assert_eq!((error.attempt(), seen.all().len()), (Some(3), 3));

    let never = |_: &(dyn Error + Send + Sync + 'static)| false;
    let silent = task_fn(|_| pending::<Result<(), TaskError>>());
    let silent = ExecutableTask::new(silent).timeout(Duration::from_secs(1));
    let error = executor.submit(silent.retry(policy(2)).retry_if(never)).await.unwrap().await;
    assert_eq!(error.unwrap_err().attempt(), Some(2), "a timeout is the policy's business");
}

#[graph_runtime::test(start_paused = true)]
async fn a_predicate_that_panics_ends_the_task_and_is_reported() {
    let executor = on_this_runtime(|_| ());
    let mut graph = Graph::new();
    let (task, seen) = flaky(99);
    graph.push(task.retry(policy(9)).retry_if(|_| panic!("confused")));
    let report = executor.run(graph).await.unwrap();
    let task = report.tasks().next().unwrap();
    let error = task.error.unwrap();
    assert!(error.is_panicked());
    assert!(error.to_string().ends_with("predicate of its retries panicked: confused"), "{error}");
    assert!(task.earlier_errors[0].to_string().ends_with("attempt 1: busy 1"));
    assert_eq!(seen.all().len(), 1);
}

#[graph_runtime::test(start_paused = true)]
async fn a_panic_is_tried_again_only_if_asked_for() {
    let executor = on_this_runtime(|_| ());
    let shaky = || {
        ExecutableTask::new(task_fn(|context: TaskContext| async move {
            assert!(context.attempt() == 3, "shaky");
            Ok::<_, TaskError>(())
        }))
    };
    let error = executor.submit(shaky().retry(policy(3))).await.unwrap().await.unwrap_err();
    assert_eq!((error.is_panicked(), error.attempt()), (true, Some(1)));
    let stubborn = RetryPolicy { after_panic: true, ..policy(3) };
    executor.submit(shaky().retry(stubborn)).await.unwrap().await.unwrap();
}

#[graph_runtime::test(start_paused = true)]
async fn a_failure_counts_when_no_attempt_is_left() {
    let executor = on_this_runtime(|_| ());
    let mut graph = Graph::new().failure_policy(FailurePolicy::FailFast);
    let (task, seen) = flaky(99);
    graph.push(task.retry(policy(3)));
    let slow = graph.task("slow", |_| async {
        sleep(Duration::from_secs(2)).await;
        Ok::<_, TaskError>(())
    });
    let slow = slow.add();
    let endless = graph.task("endless", |_| pending::<Result<(), TaskError>>()).after(slow).add();
    let report = executor.run(graph).await.unwrap();
    assert_eq!(seen.all().len(), 3);
    assert!(report.output(slow).is_ok(), "it ended before the last attempt");
    assert!(report.output(endless).unwrap_err().is_cancelled());
}

#[graph_runtime::test(start_paused = true)]
async fn waiting_retries_end_with_whatever_ends_them() {
    let begun = Instant::now();
    let executor = on_this_runtime(|_| ());
    let (task, seen) = flaky(99);
    let alone = executor.submit(task.retry(policy(9))).await.unwrap();
    let mut graph = Graph::new();
    let (task, _) = flaky(99);
    graph.push(task.retry(policy(9)));
    let graph = executor.submit_graph(graph).await.unwrap();
    let (task, _) = flaky(99);
    let last = executor.submit(task.retry(policy(9))).await.unwrap();
    let dependent = executor.submit(flaky(1).0.after(alone.id())).await.unwrap();
    sleep(Duration::from_millis(500)).await;
    assert_eq!(executor.counts().backing_off, 3);
    assert!(alone.cancel());
    let error = alone.await.unwrap_err();
    assert!(error.is_cancelled());
    let error = dependent.await.unwrap_err();
    assert!(error.is_skipped() && error.root_cause().is_cancelled());
    let report = graph.cancel_and_join().await;
    let task = report.tasks().next().unwrap();
    assert_eq!((task.end, task.attempts), (EndState::Cancelled, 1));
    assert!(task.started_at.is_some() && task.earlier_errors.len() == 1);
    executor.shutdown().await;
    assert!(last.await.unwrap_err().is_cancelled());
    assert_eq!((seen.all().len(), begun.elapsed().as_millis()), (1, 500));
}

#[graph_runtime::test(start_paused = true)]
async fn each_attempt_has_its_own_context_and_leaves_nothing_running() {
    let executor = on_this_runtime(|_| ());
    let helpers = Arc::new(AtomicUsize::new(0));
    let (told, second) = (Arc::clone(&helpers), Arc::new(AtomicBool::new(true)));
    let is_cancelled = Arc::clone(&second);
    let task = task_fn(move |context: TaskContext| {
        let (told, is_cancelled) = (Arc::clone(&told), Arc::clone(&is_cancelled));
        async move {
            let helped = context.clone();
            if context.attempt() == 1 {
                graph_runtime::spawn(async move {
                    helped.cancelled().await;
                    told.fetch_add(1, Ordering::SeqCst);
                });
                graph_runtime::task::yield_now().await;
                return Err(Busy(1));
            }
            sleep(Duration::from_secs(5)).await;
            is_cancelled.store(context.is_cancelled(), Ordering::SeqCst);
            Ok(())
        }
    });
    let task = ExecutableTask::new(task).retry(policy(2));
    executor.submit(task).await.unwrap().await.unwrap();
    assert_eq!(helpers.load(Ordering::SeqCst), 1, "who helped the first attempt was told");
    assert!(!second.load(Ordering::SeqCst), "and who is the second was not");
}

#[test]
fn jitter_follows_from_the_seed_of_the_runtime() {
    let waits = |seed: u64| {
        let runtime = Builder::new_current_thread()
            .start_paused(true)
            .rng_seed(RngSeed::from_bytes(&seed.to_le_bytes()))
            .build()
            .unwrap();
        runtime.block_on(async {
            let executor = on_this_runtime(|_| ());
            let (task, seen) = flaky(99);
            let id = graph_runtime::TaskId::new(5);
            let policy = RetryPolicy { jitter: Jitter::Full, ..policy(6) };
            let task = task.with_id(id).retry(policy);
            executor.submit(task).await.unwrap().await.unwrap_err();
            let starts = seen.all();
            starts.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
        })
    };
    let first = waits(1);
    assert_eq!(first, waits(1));
    assert_ne!(first, waits(2));
    let longest = [1, 2, 4, 8, 16].map(Duration::from_secs);
    let most = longest.map(|wait| wait + Duration::from_millis(1));
    assert!(first.iter().zip(most).all(|(wait, most)| *wait <= most), "{first:?}");
}

#[test]
fn many_retries_on_several_workers_lose_nothing() {
    let executor = executor(|config| config.max_in_flight = 4);
    let quick = RetryPolicy { base: Duration::from_micros(50), ..RetryPolicy::attempts(4) };
    let mut graph = Graph::new();
    for n in 0..300_u32 {
        let task = graph.task("flaky", move |context: TaskContext| async move {
            graph_runtime::task::yield_now().await;
            if context.attempt() <= n % 6 { Err(Busy(context.attempt())) } else { Ok(()) }
        });
        task.retry(quick).add();
    }
    let report = wait(executor.run(graph)).unwrap();
    let expected = |n: usize| if n % 6 < 4 { (true, n as u32 % 6 + 1) } else { (false, 4) };
    for (n, task) in report.tasks().enumerate() {
        assert_eq!((task.end == EndState::Completed, task.attempts), expected(n), "{n}");
    }
    assert_eq!(executor.counts().unfinished(), 0);
    assert_eq!(executor.metrics().tasks.retried, 50 * (1 + 2 + 3 + 3 + 3));
}

#[test]
fn nonsense_is_refused_and_handed_back() {
    let executor = executor(|_| ());
    let (task, _) = flaky(1);
    let refused = executor.try_submit(task.retry(RetryPolicy::attempts(0))).unwrap_err();
    assert!(refused.error.is_rejected());
    assert!(refused.to_string().contains("retry.max_attempts is 0"), "{refused}");
    let policy = refused.task.resilience.as_ref().and_then(|it| it.retry);
    assert_eq!(policy, Some(RetryPolicy::attempts(0)));
    for timeout in ["timeout", "idle_timeout", "total_timeout"] {
        let (task, _) = flaky(1);
        let task = match timeout {
            "timeout" => task.timeout(Duration::ZERO),
            "idle_timeout" => task.idle_timeout(Duration::ZERO),
            _ => task.total_timeout(Duration::ZERO),
        };
        let refused = executor.try_submit(task).unwrap_err();
        assert!(refused.to_string().contains(&format!(": {timeout} is 0 s")), "{refused}");
    }
    let mut graph = Graph::new().timeout(Duration::ZERO);
    graph.push(flaky(1).0);
    let refused = executor.try_submit_graph(graph).unwrap_err();
    assert!(refused.to_string().contains("the graph: timeout is 0 s"), "{refused}");
}
