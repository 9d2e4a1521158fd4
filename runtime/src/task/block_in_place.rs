//! Blocking within a task.

use super::coop::without_budget;
use super::local_set;
use crate::context::{self, Drives, Undriven};
use crate::worker::step_aside;

/// Runs a closure that may block, here and now, while another thread does what this one would have
/// done for the runtime.
///
/// The worker whose thread this is, with its queue, timers and sockets, is given to a thread of the
/// pool that [`spawn_blocking`](super::spawn_blocking) uses, and taken back afterwards if that
/// thread has not come yet. Otherwise this thread finishes the poll under way and then leaves. If
/// the pool has reached [`max_blocking_threads`](crate::runtime::Builder::max_blocking_threads),
/// the worker waits until the closure is done, and the other workers take its tasks. So does a
/// worker with [pinned](super::spawn_pinned) tasks, which no other thread may poll.
///
/// Within the closure blocking calls are allowed, such as
/// [`Handle::block_on`](crate::runtime::Handle::block_on) of this very runtime or dropping another
/// one. Whatever else the same task does concurrently, in a `join!` or `select!`, stands still
/// meanwhile. The closure cannot be aborted, and a shutdown of the runtime waits for it.
///
/// Outside a runtime, in `spawn_blocking` and within another `block_in_place` the closure is simply
/// called.
///
/// # Panics
///
/// On a current-thread runtime and in a [`LocalSet`](super::LocalSet), where nobody else could go
/// on with the tasks.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::Handle;
/// use graph_runtime::task::block_in_place;
///
/// # #[graph_runtime::main(worker_threads = 1)]
/// # async fn main() {
/// let task = graph_runtime::spawn(async {
///     block_in_place(|| {
///         let other = graph_runtime::spawn(async { 6 * 7 });
///         Handle::current().block_on(other).unwrap()
///     })
/// });
/// assert_eq!(task.await.unwrap(), 42);
/// # }
/// ```
#[track_caller]
pub fn block_in_place<F, R>(closure: F) -> R
where
    F: FnOnce() -> R,
{
    match context::drives() {
        Drives::Nothing => return closure(),
        Drives::WithOthers if !local_set::is_running() => {}
        Drives::WithOthers | Drives::Alone => panic!(
            "can call blocking only when running on the multi-threaded runtime, and not in a \
             `LocalSet`: here nobody else could go on with the tasks; use `spawn_blocking`"
        ),
    }
    let _undriven = Undriven::new();
    // Dropped first: a thread that has its worker back drives it again.
    let _aside = step_aside();
    without_budget(closure)
}
