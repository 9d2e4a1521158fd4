//! Run times are learnt by kind, on a clock that stands still.

use graph_runtime::runtime::Handle;
use graph_runtime::time::{Duration, sleep};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, Graph, GraphReport, History, Policy,
    TaskError, task_fn,
};

fn executor(history: Option<History>) -> AsyncTaskExecutor {
    let policy = Policy::CriticalPath;
    let config = ExecutorConfig { max_in_flight: 1, policy, history, ..ExecutorConfig::default() };
    AsyncTaskExecutor::on(Handle::current(), config).unwrap()
}

/// A task that takes so many seconds.
fn task(name: &str, takes: u64) -> ExecutableTask {
    let task = task_fn(move |_| async move {
        sleep(Duration::from_secs(takes)).await;
        Ok::<_, TaskError>(())
    });
    ExecutableTask::new(task).named(name)
}

/// The names of the tasks in the order in which they started, one letter each.
fn order(report: &GraphReport) -> String {
    let mut tasks: Vec<_> = report.tasks().collect();
    tasks.sort_by_key(|task| task.started_at);
    tasks.into_iter().filter_map(|task| task.name).map(|name| name.to_string()).collect()
}

#[graph_runtime::test(start_paused = true)]
async fn a_graph_is_ranked_again_when_its_first_tasks_have_shown_what_they_take() {
    let mut graph = Graph::new();
    for _ in 0..4 {
        graph.push(task("a", 1));
        graph.push(task("b", 10));
    }
    let executor = executor(Some(History::default()));
    let report = executor.run(graph).await.unwrap();
    let order = order(&report);
    // Another may start before the ranks, in the background, have been computed.
    assert!(["abbbbaaa", "ababbbaa"].contains(&&*order), "{order}");
    let history = executor.history().expect("it learns");
    let samples = |kind| history.get(kind).map(|known| (known.samples, known.mean_s));
    assert_eq!((samples("a"), samples("b")), (Some((4, 1.0)), Some((4, 10.0))));
}

#[graph_runtime::test(start_paused = true)]
async fn what_was_added_to_a_graph_is_ranked_again_with_it() {
    let mut graph = Graph::new();
    graph.push(task("r", 5));
    let mut part = Graph::new();
    for _ in 0..4 {
        part.push(task("a", 1));
        part.push(task("b", 10));
    }
    let executor = executor(Some(History::default()));
    let handle = executor.submit_graph(graph).await.unwrap();
    let part = handle.try_grow(part).unwrap();
    let order = order(&handle.await);
    // When each kind has been seen the longer ones come first; another may start before the ranks,
    // in the background, have been computed.
    assert!(["rabbbbaaa", "rababbbaa"].contains(&&*order), "{order}");
    drop(part);
}

/// So many short tasks, of three kinds in turn.
fn short(tasks: usize) -> Graph {
    let mut graph = Graph::new();
    for name in ["a", "b", "c"].into_iter().cycle().take(tasks) {
        graph.task(name, |_| async { Ok::<_, TaskError>(()) }).add();
    }
    graph
}

fn samples(executor: &AsyncTaskExecutor) -> [Option<u64>; 3] {
    let history = executor.history().expect("it learns");
    ["a", "b", "c"].map(|kind| history.get(kind).map(|known| known.samples))
}

#[test]
fn of_many_short_tasks_none_is_forgotten() {
    let config = ExecutorConfig { history: Some(History::default()), ..ExecutorConfig::default() };
    let executor = AsyncTaskExecutor::new(config).unwrap();
    for (tasks, seen) in [(3_000, 1_000), (300, 1_100), (66, 1_122), (30, 1_132)] {
        executor.block_on(executor.run(short(tasks))).unwrap();
        assert_eq!(samples(&executor), [Some(seen); 3], "after {tasks} more");
    }
}

#[graph_runtime::test(start_paused = true)]
async fn what_short_tasks_took_is_known_while_the_graph_runs_and_to_the_next() {
    let executor = executor(Some(History::default()));
    let mut graph = short(99);
    graph.push(task("z", 1));
    let handle = executor.submit_graph(graph).await.unwrap();
    // The clock moves on when nothing else is left to do.
    sleep(Duration::from_millis(1)).await;
    assert_eq!(samples(&executor), [Some(33); 3], "the last task still runs");
    assert!(handle.await.is_complete());

    // Which begins with what this graph has shown, all of its kinds.
    let mut graph = short(3);
    graph.push(task("z", 1));
    assert_eq!(order(&executor.run(graph).await.unwrap()), "zabc");
}

#[graph_runtime::test(start_paused = true)]
async fn the_next_run_begins_with_what_the_last_one_knew() {
    let graph = || {
        let mut graph = Graph::new();
        for name in ["a", "b", "c"] {
            graph.push(task(name, 1));
        }
        graph
    };
    let mut history = History::default();
    for (kind, seconds) in [("a", 1), ("b", 5), ("c", 9)] {
        (0..20).for_each(|_| {
            history.observe(kind, Duration::from_secs(seconds));
        });
    }
    let report = executor(Some(history)).run(graph()).await.unwrap();
    assert_eq!(order(&report), "cba");
    let ignorant = executor(None);
    let report = ignorant.run(graph()).await.unwrap();
    assert_eq!(order(&report), "abc");
    assert_eq!(ignorant.history(), None);
}

#[graph_runtime::test(start_paused = true)]
async fn hints_count_more_than_history_and_unknown_kinds_take_what_tasks_take() {
    let mut history = History::default();
    for (kind, seconds) in [("a", 1), ("b", 100)] {
        (0..20).for_each(|_| {
            history.observe(kind, Duration::from_secs(seconds));
        });
    }
    let mut graph = Graph::new();
    graph.push(task("a", 1));
    graph.push(task("?", 1));
    graph.push(task("b", 1));
    graph.push(task("x", 1).estimate(Duration::from_secs(50)));
    graph.push(task("y", 1).kind("b"));
    let report = executor(Some(history)).run(graph).await.unwrap();
    assert_eq!(order(&report), "byx?a");
}

#[graph_runtime::test(start_paused = true)]
async fn a_graph_of_which_too_little_is_known_goes_first_come_first_served() {
    let mut history = History::default();
    history.observe("b", Duration::from_secs(100));
    let mut graph = Graph::new();
    for name in ["v", "w", "b", "x"] {
        graph.push(task(name, 1));
    }
    let report = executor(Some(history)).run(graph).await.unwrap();
    assert_eq!(order(&report), "vwbx");
}

#[graph_runtime::test(start_paused = true)]
async fn the_size_of_the_input_counts_where_it_makes_a_difference() {
    let executor = executor(Some(History::default()));
    let mut graph = Graph::new();
    for size in 1..=20 {
        graph.push(task("s", size).kind("sort").input_size(size << 20));
    }
    executor.run(graph).await.unwrap();
    let mut graph = Graph::new();
    for (name, size) in [("a", 3), ("b", 12), ("c", 7)] {
        graph.push(task(name, size).kind("sort").input_size(size << 20));
    }
    assert_eq!(order(&executor.run(graph).await.unwrap()), "bca");
}

#[graph_runtime::test(start_paused = true)]
async fn only_what_completes_is_learnt_and_a_refused_task_keeps_its_kind() {
    let executor = executor(Some(History::default()));
    let fails = task_fn(|_| async { Err::<(), _>(TaskError::from("no")) });
    let failed = executor.submit(ExecutableTask::new(fails).named("fails")).await.unwrap();
    assert!(failed.await.unwrap_err().is_failed());
    executor.submit(task("alone", 3)).await.unwrap().await.unwrap();
    let history = executor.history().unwrap();
    let kinds: Vec<&str> = history.iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["alone"]);

    executor.shutdown().await;
    let refused = executor.submit(task("t", 1).kind("k").input_size(7)).await.unwrap_err();
    assert_eq!((refused.task.kind.as_deref(), refused.task.input_size), (Some("k"), Some(7)));
}
