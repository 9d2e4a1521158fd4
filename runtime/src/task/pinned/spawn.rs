//! Starting a task on a worker of one's choice.

use super::NoSuchWorker;
use crate::runtime::Handle;
use crate::task::JoinHandle;

/// Starts a task that stays on one worker of the current runtime. Workers are numbered from 0.
///
/// `create` is called on that worker and makes the future, which is polled there and dropped there,
/// and so need not be `Send`: it may hold an `Rc`, or what belongs to the worker's thread. Wakes
/// from anywhere go to the worker's own inbox, from which nobody steals; the worker alternates
/// between its pinned tasks and all others.
///
/// That has a price: while another task keeps the worker busy, or blocks it, its pinned tasks wait,
/// however many other workers are idle.
///
/// # On a current-thread runtime
///
/// There is one worker, number 0: the thread that is in `block_on`. Its pinned tasks belong to the
/// thread that has run the first of them, until none is left. While another thread is in
/// `block_on`, they wait; if the runtime is dropped by another thread, their futures are leaked,
/// and their join handles say that they were cancelled.
///
/// # Errors
///
/// [`NoSuchWorker`] gives the closure back if the runtime has no worker of that number.
///
/// # Panics
///
/// Outside a runtime.
///
/// # Examples
///
/// ```
/// use graph_runtime::task::{spawn_pinned, yield_now};
/// use std::rc::Rc;
///
/// #[graph_runtime::main]
/// async fn main() {
///     let task = spawn_pinned(0, || {
///         let text = Rc::new("stays where it is".to_owned());
///         async move {
///             yield_now().await;
///             text.len()
///         }
///     });
///     assert_eq!(task.unwrap().await.unwrap(), 17);
/// }
/// ```
#[track_caller]
pub fn spawn_pinned<F, Fut>(
    worker: usize,
    create: F,
) -> Result<JoinHandle<Fut::Output>, NoSuchWorker<F>>
where
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future + 'static,
    Fut::Output: Send + 'static,
{
    Handle::current().spawn_pinned(worker, create)
}
