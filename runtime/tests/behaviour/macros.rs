//! The attributes on real functions, with each of their options.

use graph_runtime::runtime::Handle;
use graph_runtime::task;
use std::thread;

fn workers() -> usize {
    Handle::current().metrics().workers.len()
}

/// Whether a spawned task runs on the thread that is in `block_on`.
async fn tasks_run_here() -> bool {
    let here = thread::current().id();
    graph_runtime::spawn(async move { thread::current().id() == here }).await.unwrap()
}

#[graph_runtime::main]
async fn by_default() -> (usize, bool) {
    (workers(), tasks_run_here().await)
}

#[graph_runtime::main(flavor = "multi_thread", worker_threads = 3)]
async fn with_three_workers() -> (usize, bool) {
    (workers(), tasks_run_here().await)
}

#[graph_runtime::main(worker_threads = 1)]
async fn with_one_worker() -> (usize, bool) {
    (workers(), tasks_run_here().await)
}

#[graph_runtime::main(flavor = "current_thread")]
async fn on_this_thread() -> Result<(usize, bool), std::num::ParseIntError> {
    let workers: usize = workers().to_string().parse()?;
    Ok((workers, tasks_run_here().await))
}

#[test]
fn main_builds_the_runtime_it_was_asked_for() {
    let processors = thread::available_parallelism().unwrap().get();
    assert_eq!(by_default(), (processors, false));
    assert_eq!(with_three_workers(), (3, false));
    assert_eq!(with_one_worker(), (1, false));
    assert_eq!(on_this_thread(), Ok((1, true)));
    assert!(Handle::try_current().is_err(), "each ends with its function");
}

#[graph_runtime::test]
async fn a_test_runs_on_its_own_thread_by_default() {
    assert!(tasks_run_here().await);
}

#[graph_runtime::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_may_have_workers() {
    assert_eq!(workers(), 2);
    assert!(!tasks_run_here().await);
}

#[graph_runtime::test]
async fn a_test_may_return_a_result() -> Result<(), task::JoinError> {
    graph_runtime::spawn(async {}).await
}

#[graph_runtime::test]
#[should_panic(expected = "as it should")]
async fn a_test_may_be_expected_to_panic() {
    task::yield_now().await;
    panic!("as it should");
}
