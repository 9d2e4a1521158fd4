//! A better order may be looked for before a graph starts.

use crate::common::is_pending;
use graph_runtime::runtime::{Builder, Handle};
use graph_runtime::time::{Duration, Instant, sleep};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorConfig, Graph, LookAhead, TaskError, task_fn,
};
use std::pin::pin;
use std::sync::mpsc;

const HOW: LookAhead = LookAhead { slots: 2, starts_max: 10_000, seed: 1 };

/// Longest first, on two slots, takes 7 seconds: 3 + 2 + 2 beside 3 + 2. The best order takes 6.
fn graph() -> Graph {
    let mut graph = Graph::new();
    for seconds in [3, 3, 2, 2, 2] {
        let takes = Duration::from_secs(seconds);
        let task = task_fn(move |_| async move {
            sleep(takes).await;
            Ok::<_, TaskError>(())
        });
        graph.push(ExecutableTask::new(task).estimate(takes));
    }
    graph
}

fn executor() -> AsyncTaskExecutor {
    let config = ExecutorConfig { max_in_flight: 2, ..ExecutorConfig::default() };
    AsyncTaskExecutor::on(Handle::current(), config).unwrap()
}

#[graph_runtime::test(start_paused = true)]
async fn the_better_order_is_found_whichever_way_the_graph_is_submitted() {
    let executor = executor();
    let seconds = |begun: Instant| begun.elapsed().as_secs();
    let begun = Instant::now();
    executor.run(graph()).await.unwrap();
    assert_eq!(seconds(begun), 7);
    let begun = Instant::now();
    executor.run(graph().look_ahead(HOW)).await.unwrap();
    assert_eq!(seconds(begun), 6, "submitted when there is room");
    let begun = Instant::now();
    executor.try_submit_graph(graph().look_ahead(HOW)).unwrap().await;
    assert_eq!(seconds(begun), 6, "submitted at once");
}

#[test]
fn who_gives_up_while_the_order_is_looked_for_has_submitted_nothing() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let executor = executor();
        // The only thread for it is busy until the submitter has gone.
        let (go_on, gone) = mpsc::channel::<()>();
        let busy = Handle::current().spawn_blocking(move || gone.recv());
        {
            let mut submission = pin!(executor.submit_graph(graph().look_ahead(HOW)));
            assert!(is_pending(&mut submission));
        }
        drop(go_on);
        assert!(busy.await.unwrap().is_err());
        Handle::current().spawn_blocking(|| ()).await.unwrap();
        assert_eq!(executor.counts().submitted, 0);
    });
}

#[graph_runtime::test(start_paused = true)]
async fn a_refused_graph_comes_back_with_all_it_says() {
    let executor = executor();
    executor.shutdown().await;
    let refused = executor.submit_graph(graph().look_ahead(HOW)).await.unwrap_err();
    assert!(refused.error.is_shut_down());
    assert_eq!(refused.task.len(), 5);
    assert!(format!("{:?}", refused.task).contains("starts_max: 10000"));
}
