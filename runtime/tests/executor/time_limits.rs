//! Tasks and graphs that run out of time, and attempts that fall silent, on a clock that stands
//! still.

use graph_runtime::runtime::Handle;
use graph_runtime::time::{Duration, Instant, sleep};
use graph_runtime::{
    AsyncTaskExecutor, EndState, ExecutableTask, ExecutorConfig, Graph, Jitter, LimitKind,
    RetryPolicy, TaskContext, TaskError, TriggerRule, task_fn,
};
use std::future::pending;

fn executor(max_in_flight: usize) -> AsyncTaskExecutor {
    let config = ExecutorConfig { max_in_flight, ..ExecutorConfig::default() };
    AsyncTaskExecutor::on(Handle::current(), config).unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// So many attempts, a second apart.
fn steady(attempts: u32) -> RetryPolicy {
    let (base, jitter) = (seconds(1), Jitter::None);
    RetryPolicy { base, cap: base, jitter, ..RetryPolicy::attempts(attempts) }
}

fn stuck() -> ExecutableTask {
    ExecutableTask::new(task_fn(|_| pending::<Result<(), TaskError>>())).named("stuck")
}

fn takes(time: Duration) -> ExecutableTask {
    ExecutableTask::new(task_fn(move |_| async move {
        sleep(time).await;
        Ok::<_, TaskError>(())
    }))
}

#[graph_runtime::test(start_paused = true)]
async fn a_task_has_so_long_for_all_its_attempts() {
    let (begun, executor) = (Instant::now(), executor(9));
    let task = stuck().timeout(seconds(2)).retry(steady(99)).total_timeout(seconds(10));
    let error = executor.submit(task).await.unwrap().await.unwrap_err();
    // Attempts from 0, 3, 6 and 9 seconds on.
    assert_eq!(begun.elapsed().as_secs(), 10);
    assert_eq!((error.is_timed_out(), error.attempt()), (true, Some(4)));
    let text = error.to_string();
    assert!(
        text.ends_with("(stuck) was stopped in attempt 4 by its total timeout of 10s"),
        "{text}"
    );
}

#[graph_runtime::test(start_paused = true)]
async fn the_time_of_a_task_begins_when_it_starts() {
    let (begun, executor) = (Instant::now(), executor(1));
    let first = executor.submit(takes(seconds(8))).await.unwrap();
    let second = executor.submit(takes(seconds(4)).total_timeout(seconds(5))).await.unwrap();
    first.await.unwrap();
    second.await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 12);
}

#[graph_runtime::test(start_paused = true)]
async fn a_task_runs_out_of_time_while_others_are_in_its_way() {
    let executor = executor(1);
    let mut graph = Graph::new();
    let task = ExecutableTask::new(task_fn(|_| async { Err::<(), TaskError>("busy".into()) }));
    let task = task.named("waits").priority(1).retry(steady(9)).total_timeout(seconds(5));
    graph.push(task);
    graph.push(takes(seconds(60)));
    let report = executor.run(graph).await.unwrap();
    let task = report.tasks().next().unwrap();
    assert_eq!((task.end, task.attempts), (EndState::TimedOut, 1));
    assert_eq!((task.finished_at - task.submitted_at).as_secs(), 5);
    assert!(task.earlier_errors[0].to_string().ends_with("attempt 1: busy"));
}

#[graph_runtime::test(start_paused = true)]
async fn a_graph_has_so_long_and_then_tidies_up() {
    let executor = executor(2);
    let mut graph = Graph::new().timeout(seconds(5));
    let quick = graph.push(takes(seconds(1)));
    let first = graph.push(stuck());
    let second = graph.push(stuck().after(quick));
    let late = graph.push(takes(seconds(1)).after(first));
    let tidy = graph.push(takes(seconds(3)).after(first).after(late).trigger(TriggerRule::AllDone));
    let report = executor.run(graph).await.unwrap();
    let find = |id| report.tasks().find(|task| task.id == id).unwrap();
    assert_eq!(find(quick).end, EndState::Completed);
    for id in [first, second, late] {
        let task = find(id);
        assert_eq!(task.end, EndState::TimedOut);
        let error = task.error.unwrap().to_string();
        assert!(error.ends_with("by its graph's timeout of 5s"), "{error}");
        assert_eq!(error.contains("before its first attempt"), id == late);
    }
    assert_eq!(find(tidy).end, EndState::Completed);
    assert_eq!((find(tidy).finished_at - find(tidy).submitted_at).as_secs(), 8);
}

#[graph_runtime::test(start_paused = true)]
async fn an_attempt_that_gives_signs_of_life_goes_on() {
    let (begun, executor) = (Instant::now(), executor(9));
    let task = task_fn(|context: TaskContext| async move {
        for _ in 0..10 {
            sleep(seconds(3)).await;
            context.heartbeat();
        }
        pending::<()>().await;
        Ok::<_, TaskError>(())
    });
    let task = ExecutableTask::new(task).idle_timeout(seconds(4));
    let error = executor.submit(task).await.unwrap().await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 34, "four seconds after the last sign");
    assert!(error.to_string().ends_with("in attempt 1 by its idle timeout of 4s"), "{error}");
}

#[graph_runtime::test(start_paused = true)]
async fn a_silent_attempt_is_followed_by_another() {
    let (begun, executor) = (Instant::now(), executor(9));
    let task = task_fn(|context: TaskContext| async move {
        if context.attempt() < 3 {
            pending::<()>().await;
        }
        sleep(seconds(3)).await;
        assert!(!context.is_cancelled());
        Ok::<_, TaskError>(context.attempt())
    });
    let task = ExecutableTask::new(task).idle_timeout(seconds(4)).retry(steady(3));
    let output = executor.submit(task).await.unwrap().await.unwrap();
    assert_eq!(*output.downcast::<u32>().unwrap(), 3);
    assert_eq!(begun.elapsed().as_secs(), 4 + 1 + 4 + 1 + 3);
}

#[graph_runtime::test(start_paused = true)]
async fn a_timeout_is_not_tried_again_if_that_is_not_asked_for() {
    let executor = executor(9);
    let policy = RetryPolicy { after_timeout: false, ..steady(9) };
    for task in [stuck().timeout(seconds(1)), stuck().idle_timeout(seconds(1))] {
        let error = executor.submit(task.retry(policy)).await.unwrap().await.unwrap_err();
        assert_eq!(error.attempt(), Some(1));
    }
}

#[graph_runtime::test(start_paused = true)]
async fn whoever_is_cancelled_has_not_timed_out() {
    let executor = executor(9);
    let task = stuck().idle_timeout(seconds(4)).total_timeout(seconds(9)).retry(steady(9));
    let handle = executor.submit(task).await.unwrap();
    sleep(seconds(3)).await;
    handle.cancel();
    assert!(handle.await.unwrap_err().is_cancelled());
    sleep(seconds(60)).await;
    assert_eq!(executor.metrics().tasks.timed_out, 0);
}

#[graph_runtime::test(start_paused = true)]
async fn the_error_says_which_limit_it_was() {
    let executor = executor(9);
    let limits = [
        (stuck().timeout(seconds(1)), LimitKind::Attempt),
        (stuck().idle_timeout(seconds(2)), LimitKind::Idle),
        (stuck().total_timeout(seconds(3)), LimitKind::Total),
    ];
    for (length, (task, kind)) in (1..).zip(limits) {
        let error = executor.submit(task).await.unwrap().await.unwrap_err();
        let graph_runtime::ExecutorError::TimedOut { limit, .. } = error else { panic!("{error}") };
        assert_eq!((limit.kind, limit.length), (kind, seconds(length)));
    }
}
