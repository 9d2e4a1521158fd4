//! An executor on a runtime that exists.

use crate::common::noop;
use graph_runtime::runtime::{Builder, Handle};
use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph};

#[test]
fn runs_on_a_current_thread_runtime() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let executor =
        AsyncTaskExecutor::on(runtime.handle().clone(), ExecutorConfig::default()).unwrap();
    assert!(executor.resource_monitor().is_none());
    let report = runtime.block_on(async {
        let mut graph = Graph::new();
        let first = graph.push(noop());
        graph.push(noop().after(first));
        executor.run(graph).await.unwrap()
    });
    assert!(report.is_complete());
    assert_eq!(report.tasks().nth(1).unwrap().worker, Some(0));
}

#[graph_runtime::test]
async fn two_executors_share_a_runtime_and_count_apart() {
    let executor = || AsyncTaskExecutor::on(Handle::current(), ExecutorConfig::default()).unwrap();
    let (a, b) = (executor(), executor());
    a.submit(noop()).await.unwrap().await.unwrap();
    b.submit(noop()).await.unwrap().await.unwrap();
    b.submit(noop()).await.unwrap().await.unwrap();
    assert_eq!((a.metrics().tasks.completed, b.metrics().tasks.completed), (1, 2));
    a.shutdown().await;
    assert!(b.submit(noop()).await.is_ok());
}

#[test]
fn what_needs_a_monitor_is_refused_on_a_runtime_without() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let on = |config| AsyncTaskExecutor::on(runtime.handle().clone(), config).map(drop);
    let adaptive = ExecutorConfig { adaptive_scheduling: true, ..ExecutorConfig::default() };
    let error = on(adaptive).unwrap_err();
    assert!(error.is_invalid_config() && error.to_string().contains("adaptive_scheduling"));
    let threshold = ExecutorConfig { memory_threshold: 1 << 40, ..ExecutorConfig::default() };
    assert!(on(threshold).unwrap_err().to_string().contains("memory_threshold"));
}
