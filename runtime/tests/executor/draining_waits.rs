//! A drain while tasks wait for time, rates and groups, on a clock that stands still, and what
//! becomes of them elsewhere.

use graph_runtime::runtime::Handle;
use graph_runtime::time::{Duration, Instant, sleep};
use graph_runtime::{
    AsyncTaskExecutor, Drained, ExecutableTask, ExecutorConfig, Graph, GroupLimit, Jitter,
    RateLimit, RetryPolicy, TaskContext, TaskError, task_fn,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const HOUR: Duration = Duration::from_secs(3_600);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn executor() -> AsyncTaskExecutor {
    let config = ExecutorConfig {
        groups: vec![GroupLimit::new("db", 1)],
        rates: vec![RateLimit::new("calls", 1, HOUR)],
        ..ExecutorConfig::default()
    };
    AsyncTaskExecutor::on(Handle::current(), config).unwrap()
}

/// A task that takes so many seconds.
fn task(name: &str, takes: u64) -> ExecutableTask {
    let task = task_fn(move |_| async move {
        sleep(seconds(takes)).await;
        Ok::<_, TaskError>(())
    });
    ExecutableTask::new(task).named(name)
}

/// A task that takes five seconds for each attempt, of which the first so many fail; and how many
/// there were.
fn flaky(fails: u32, attempts: u32) -> (ExecutableTask, Arc<AtomicU32>) {
    let made = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&made);
    let task = task_fn(move |context: TaskContext| {
        let number = counter.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            sleep(seconds(5)).await;
            if number <= fails { Err(TaskError::from("busy")) } else { Ok(context.attempt()) }
        }
    });
    let policy = RetryPolicy {
        base: HOUR,
        cap: HOUR,
        jitter: Jitter::None,
        ..RetryPolicy::attempts(attempts)
    };
    (ExecutableTask::new(task).named("flaky").retry(policy), made)
}

fn names(left: &Drained) -> Vec<&str> {
    left.remaining.iter().filter_map(|it| it.task.name.as_deref()).collect()
}

/// Runs what is left on another executor; when it was done.
async fn resume(left: Drained) -> u64 {
    let begun = Instant::now();
    let report = executor().run(left.into_graph()).await.unwrap();
    assert!(report.is_complete(), "{report:?}");
    begun.elapsed().as_secs()
}

#[graph_runtime::test(start_paused = true)]
async fn what_waits_to_be_tried_again_is_left_with_all_its_attempts() {
    let executor = executor();
    let (task, made) = flaky(2, 2);
    let handle = executor.submit(task).await.unwrap();
    sleep(seconds(60)).await;
    assert_eq!(made.load(Ordering::Relaxed), 1, "it waits for an hour");
    let begun = Instant::now();
    let left = executor.drain(None).await;
    assert_eq!(begun.elapsed().as_secs(), 0, "nothing runs");
    assert_eq!(names(&left), ["flaky"]);
    assert!(handle.await.unwrap_err().is_cancelled());
    assert_eq!(resume(left).await, 3_600 + 10);
    assert_eq!(made.load(Ordering::Relaxed), 3);
}

#[graph_runtime::test(start_paused = true)]
async fn what_fails_during_a_drain_is_left_if_it_would_be_tried_again() {
    let executor = executor();
    let ((again, made), (last, _)) = (flaky(1, 2), flaky(1, 1));
    let again = executor.submit(again).await.unwrap();
    let last = executor.submit(last.named("last")).await.unwrap();
    sleep(seconds(1)).await;
    let left = executor.drain(Some((Instant::now() + HOUR).into())).await;
    assert_eq!(names(&left), ["flaky"]);
    assert!(left.cancelled.is_empty());
    assert!(again.await.unwrap_err().is_cancelled());
    assert!(last.await.unwrap_err().is_failed(), "that was its last attempt");
    assert_eq!(resume(left).await, 5);
    assert_eq!(made.load(Ordering::Relaxed), 2);
}

#[graph_runtime::test(start_paused = true)]
async fn what_waits_for_a_rate_or_a_group_keeps_both() {
    let executor = executor();
    let mut graph = Graph::new();
    graph.push(task("first call", 1).costs("calls", 1.0));
    graph.push(task("first query", 30).group("db"));
    graph.push(task("second call", 1).costs("calls", 1.0));
    graph.push(task("third call", 1).costs("calls", 1.0));
    graph.push(task("second query", 20).group("db"));
    let handle = executor.submit_graph(graph).await.unwrap();
    sleep(seconds(10)).await;
    let begun = Instant::now();
    let left = executor.drain(None).await;
    assert_eq!(begun.elapsed().as_secs(), 20, "the first query");
    assert_eq!(names(&left), ["second call", "third call", "second query"]);
    assert_eq!(handle.await.counts().completed, 2);
    assert_eq!(executor.group_usage("db"), Some((0, 1)));
    let (rates, groups): (Vec<_>, Vec<_>) =
        left.remaining.iter().map(|it| (it.task.costs.len(), it.task.groups.len())).unzip();
    assert_eq!((rates, groups), (vec![1, 1, 0], vec![0, 0, 1]));
    assert_eq!(resume(left).await, 3_600 + 1, "the second call has a full bucket");
}

#[graph_runtime::test(start_paused = true)]
async fn timeouts_go_on_during_a_drain_and_begin_anew_elsewhere() {
    let executor = executor();
    let mut graph = Graph::new().timeout(seconds(50));
    graph.push(task("too long", 100));
    graph.push(task("after it", 1).group("db"));
    graph.push(task("first in the group", 70).group("db").priority(1));
    let stopped = executor.submit_graph(graph).await.unwrap();
    let whole = executor.submit(task("whole", 40).total_timeout(seconds(30))).await.unwrap();
    let one = executor.submit(task("one", 40).timeout(seconds(20))).await.unwrap();
    let quiet = executor.submit(task("quiet", 40).idle_timeout(seconds(10))).await.unwrap();
    let (again, made) = flaky(1, 2);
    let again = executor.submit(again.total_timeout(2 * HOUR)).await.unwrap();
    sleep(seconds(7)).await;
    let begun = Instant::now();
    let left = executor.drain(Some((begun + HOUR).into())).await;
    assert_eq!(begun.elapsed().as_secs(), 43, "when the graph runs out of time");
    for late in [whole, one, quiet] {
        assert!(late.await.unwrap_err().is_timed_out());
    }
    assert_eq!(stopped.await.counts().timed_out, 3, "nothing is left of a graph out of time");
    assert_eq!(names(&left), ["flaky"]);
    assert!(again.await.unwrap_err().is_cancelled());
    assert_eq!(made.load(Ordering::Relaxed), 1);
    sleep(3 * HOUR).await;
    assert_eq!(resume(left).await, 5, "its two hours begin with its next start");
}

#[graph_runtime::test(start_paused = true)]
async fn a_deadline_of_the_drain_cuts_waits_and_runs_short() {
    let executor = executor();
    let mut graph = Graph::new();
    graph.push(task("runs", 100).group("db"));
    graph.push(task("waits", 1).group("db"));
    let handle = executor.submit_graph(graph).await.unwrap();
    let (again, _) = flaky(1, 2);
    let again = executor.submit(again).await.unwrap();
    sleep(seconds(10)).await;
    let begun = Instant::now();
    let left = executor.drain(Some((begun + seconds(15)).into())).await;
    assert_eq!(begun.elapsed().as_secs(), 15);
    let mut waited = names(&left);
    waited.sort_unstable();
    assert_eq!(waited, ["flaky", "waits"]);
    assert_eq!(left.cancelled[0].task.name.as_deref(), Some("runs"));
    assert_eq!(handle.await.counts().cancelled, 2);
    assert!(again.await.unwrap_err().is_cancelled());
    assert_eq!(resume(left).await, 101);
}
