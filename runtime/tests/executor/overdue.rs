//! Deadlines that pass, on a clock that stands still.

use graph_runtime::executor::{Events, ExecutorEvent};
use graph_runtime::runtime::Handle;
use graph_runtime::task::yield_now;
use graph_runtime::time::{Duration, Instant, sleep};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, Graph, Overdue, TaskContext, TaskError,
    task_fn,
};

fn executor(overdue: Overdue) -> AsyncTaskExecutor {
    let config = ExecutorConfig { overdue, ..ExecutorConfig::default() };
    AsyncTaskExecutor::on(Handle::current(), config).unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A task that takes so many seconds.
fn task(name: &'static str, takes: u64) -> ExecutableTask {
    let task = task_fn(move |_| async move {
        sleep(seconds(takes)).await;
        Ok::<_, TaskError>(())
    });
    ExecutableTask::new(task).named(name)
}

/// The name of the next task that is late.
async fn next(events: &mut Events) -> String {
    match events.next().await.expect("the executor is there") {
        ExecutorEvent::DeadlinePassed { name, .. } => name.expect("it has one").to_string(),
        other => panic!("{other:?}"),
    }
}

#[graph_runtime::test(start_paused = true)]
async fn each_late_task_is_told_of_when_it_is_due_whichever_was_submitted_first() {
    let begun = Instant::now();
    let executor = executor(Overdue::Report);
    let mut events = executor.events();
    let mut handles = Vec::new();
    for (name, due) in [("third", 50), ("second", 20), ("first", 5), ("in time", 70)] {
        let task = task(name, 60).deadline(begun + seconds(due));
        handles.push(executor.submit(task).await.unwrap());
    }
    for (name, due) in [("first", 5), ("second", 20), ("third", 50)] {
        assert_eq!(next(&mut events).await, name);
        assert_eq!(begun.elapsed().as_secs(), due);
    }
    for handle in handles {
        handle.await.expect("late, and completed");
    }
    assert_eq!(begun.elapsed().as_secs(), 60);
    sleep(seconds(60)).await;
    assert_eq!(events.try_next(), None);
}

#[graph_runtime::test(start_paused = true)]
async fn a_late_task_is_stopped_if_asked_for() {
    let begun = Instant::now();
    let executor = executor(Overdue::Cancel);
    let late = executor.submit(task("late", 60).deadline(begun + seconds(5))).await.unwrap();
    let soon = executor.submit(task("in time", 4).deadline(begun + seconds(5))).await.unwrap();
    soon.await.expect("it was in time");
    assert!(late.await.unwrap_err().is_cancelled());
    assert_eq!(begun.elapsed().as_secs(), 5);
}

#[graph_runtime::test(start_paused = true)]
async fn the_deadline_of_a_graph_is_that_of_its_tasks() {
    let begun = Instant::now();
    let executor = executor(Overdue::Report);
    let mut events = executor.events();
    let mut graph = Graph::new().deadline(begun + seconds(10));
    graph.push(task("quick", 1));
    graph.push(task("early", 30).deadline(begun + seconds(3)));
    graph.push(task("slow", 30).deadline(begun + seconds(100)));
    let told = task_fn(move |context: TaskContext| async move {
        let left = context.deadline().expect("there is one") - begun.into_std();
        Ok::<_, TaskError>(left.as_secs())
    });
    let told = graph.push(ExecutableTask::new(told));
    let handle = executor.submit_graph(graph).await.unwrap();
    let id = handle.id();
    assert_eq!(next(&mut events).await, "early");
    match events.next().await {
        Some(ExecutorEvent::DeadlinePassed { name, graph, deadline, .. }) => {
            assert_eq!((name.as_deref(), graph), (Some("slow"), Some(id)));
            assert_eq!(deadline, (begun + seconds(10)).into_std());
        }
        other => panic!("{other:?}"),
    }
    let report = handle.await;
    assert_eq!(report.lateness(), Some(seconds(20)));
    assert_eq!(*report.output::<u64>(told).unwrap(), 10);
}

#[graph_runtime::test(start_paused = true)]
async fn a_late_task_that_was_added_to_a_graph_names_it() {
    let begun = Instant::now();
    let executor = executor(Overdue::Report);
    let mut events = executor.events();
    let mut graph = Graph::new();
    graph.push(task("first", 60));
    let handle = executor.submit_graph(graph).await.unwrap();
    let late = task("added", 30).deadline(begun + seconds(2));
    let late = handle.submit(late).await.unwrap();
    let mut part = Graph::new();
    part.push(task("grown", 30).deadline(begun + seconds(3)));
    let part = handle.try_grow(part).unwrap();
    for (name, due) in [("added", 2), ("grown", 3)] {
        match events.next().await {
            Some(ExecutorEvent::DeadlinePassed { name: of, graph, .. }) => {
                assert_eq!((of.as_deref(), graph), (Some(name), Some(handle.id())));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(begun.elapsed().as_secs(), due);
    }
    drop((late, part));
    handle.await;
}

#[graph_runtime::test(start_paused = true)]
async fn the_graph_with_the_earlier_deadline_goes_first() {
    let begun = Instant::now();
    let config = ExecutorConfig { max_in_flight: 1, ..ExecutorConfig::default() };
    let executor = AsyncTaskExecutor::on(Handle::current(), config).unwrap();
    let blocker = executor.submit(task("blocker", 1)).await.unwrap();
    let mut handles = Vec::new();
    for due in [90, 50, 70] {
        let mut graph = Graph::new().deadline(begun + seconds(due));
        graph.push(task("only", 10));
        handles.push(executor.submit_graph(graph).await.unwrap());
    }
    blocker.await.unwrap();
    let mut ends = Vec::new();
    for handle in handles {
        let report = handle.await;
        let end = report.tasks().next().unwrap().finished_at;
        ends.push((end - begun.into_std()).as_secs());
    }
    assert_eq!(ends, [31, 11, 21]);
}

#[graph_runtime::test(start_paused = true)]
async fn a_listener_that_is_too_slow_learns_how_much_it_has_missed() {
    let executor = executor(Overdue::Report);
    let mut events = executor.events();
    let mut graph = Graph::new().deadline(Instant::now() + seconds(1));
    for _ in 0..300 {
        graph.push(task("late", 2));
    }
    executor.run(graph).await.unwrap();
    assert_eq!(events.next().await, Some(ExecutorEvent::Missed { events: 300 - 256 }));
    let rest = std::iter::from_fn(|| events.try_next()).count();
    assert_eq!(rest, 256);
    drop(executor);
    assert_eq!(events.next().await, None);
}

#[graph_runtime::test(start_paused = true)]
async fn there_is_no_timer_while_nothing_is_to_come_and_none_after_the_end() {
    let tasks = || Handle::current().metrics().num_alive_tasks();
    let executor = executor(Overdue::Report);
    let without = executor.submit(task("without", 60)).await.unwrap();
    sleep(seconds(1)).await;
    let (before, begun) = (tasks(), Instant::now());
    let late = executor.submit(task("late", 30).deadline(begun + seconds(10))).await.unwrap();
    sleep(seconds(1)).await;
    assert_eq!(tasks(), before + 2, "the attempt and the alarm");
    sleep(seconds(20)).await;
    assert_eq!(tasks(), before + 1, "the alarm has rung, and nothing else is due");
    late.await.unwrap();
    without.await.unwrap();

    let due = begun + seconds(10_000);
    let _endless = executor.submit(task("endless", 20_000).deadline(due)).await.unwrap();
    sleep(seconds(1)).await;
    assert_eq!(tasks(), before + 1, "the attempt and the alarm");
    let mut events = executor.events();
    executor.shutdown().await;
    yield_now().await;
    assert_eq!(tasks(), before - 1, "neither attempts nor an alarm");
    assert_eq!(events.try_next(), None);
}
