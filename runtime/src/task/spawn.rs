//! Starting tasks on the current runtime.

use super::JoinHandle;
use super::large::is_large;
use crate::context;
use crate::runtime::Handle;
use crate::worker::Local;
use std::panic::Location;

/// Starts a task on the current runtime. It runs whether or not the handle is awaited.
///
/// On a worker the task runs next, as soon as the poll under way returns; of several, the last one
/// does, and the others join the worker's queue, where idle workers may fetch them.
///
/// # Panics
///
/// Outside a runtime.
///
/// # Examples
///
/// ```
/// #[graph_runtime::main]
/// async fn main() {
///     let tasks: Vec<_> = (0..10).map(|n| graph_runtime::spawn(async move { n * n })).collect();
///     let mut sum = 0;
///     for task in tasks {
///         sum += task.await.unwrap();
///     }
///     assert_eq!(sum, 285);
/// }
/// ```
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let site = Location::caller();
    if is_large::<F>() { spawn_at(Box::pin(future), site) } else { spawn_at(future, site) }
}

#[inline]
#[track_caller]
fn spawn_at<F>(future: F, site: &'static Location<'static>) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match context::on_home_worker(future, |local, future| {
        local.spawn(future, site, Local::push_woken)
    }) {
        Ok(handle) => handle,
        // No worker, or one that is shutting down.
        Err(future) => Handle::current().shared().spawn(future, site),
    }
}

/// Runs a closure that may block on a thread made for that, of the current runtime. See
/// [`Handle::spawn_blocking`].
///
/// # Panics
///
/// Outside a runtime.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// let lines = graph_runtime::task::spawn_blocking(|| {
///     std::fs::read_to_string("Cargo.toml").map(|text| text.lines().count())
/// });
/// assert!(lines.await.unwrap().is_ok());
/// # }
/// ```
#[track_caller]
pub fn spawn_blocking<F, R>(closure: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    Handle::current().spawn_blocking(closure)
}
