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

#[graph_runtime::main(flavor = "current_thread")]
async fn with_arguments<T: Clone>(value: &T, times: usize) -> Vec<T> {
    task::yield_now().await;
    vec![value.clone(); times]
}

struct Counter(u32);

impl Counter {
    #[graph_runtime::main(flavor = "current_thread")]
    async fn increased(&mut self, by: u32) -> Result<&mut Self, std::num::TryFromIntError> {
        let _: u8 = by.try_into()?;
        self.0 += by;
        Ok(self)
    }
}

#[graph_runtime::main(flavor = "current_thread")]
async fn some_iterator(n: u32) -> impl Iterator<Item = u32> {
    0..n
}

#[test]
fn main_takes_arguments_like_any_function() {
    assert_eq!(with_arguments(&"a", 2), ["a", "a"]);
    let mut counter = Counter(1);
    assert_eq!(counter.increased(2).unwrap().0, 3);
    assert!(counter.increased(1000).is_err());
    assert_eq!(some_iterator(4).sum::<u32>(), 6);
}

#[graph_runtime::test(crate = "graph_runtime")]
async fn the_crate_may_be_named() {
    task::yield_now().await;
}

/// What a facade with tokio's name has its attributes expand to.
mod tokio {
    pub(crate) use graph_runtime::{macro_support, runtime, task};
}

#[tokio::macro_support::tokio_test(flavor = "multi_thread", worker_threads = 2)]
async fn the_facade_has_attributes_of_its_own() {
    assert_eq!(workers(), 2);
    tokio::task::yield_now().await;
}

#[graph_runtime::test(flavor = "local")]
async fn a_test_may_be_local() {
    let text = std::rc::Rc::new("not Send".to_owned());
    assert_eq!(task::spawn_local(async move { text.len() }).await.unwrap(), 8);
}

#[graph_runtime::main(flavor = "local", start_paused = true)]
async fn local_and_paused() -> graph_runtime::time::Duration {
    let start = graph_runtime::time::Instant::now();
    let hour = graph_runtime::time::Duration::from_secs(3600);
    task::spawn_local(async move { graph_runtime::time::sleep(hour).await }).await.unwrap();
    start.elapsed()
}

#[test]
fn a_local_main_may_have_its_clock_paused() {
    assert_eq!(local_and_paused().as_secs(), 3600);
}

#[graph_runtime::test(unhandled_panic = "shutdown_runtime")]
#[should_panic(expected = "a spawned task panicked")]
async fn a_test_may_end_with_any_panic() {
    drop(graph_runtime::spawn(async { panic!("a bug") }));
    std::future::pending::<()>().await;
}

#[graph_runtime::test(name = "by name")]
async fn a_test_may_name_its_runtime() {
    assert_eq!(Handle::current().name(), Some("by name"));
}
