//! Where the calling code runs.

use crate::context;
use crate::worker::Local;

/// The number of the worker that the calling thread is at this moment: that under which
/// [`Handle::metrics`](super::Handle::metrics) counts what it does. `None` if it is none.
///
/// The thread in `block_on` of a current-thread runtime is its worker 0 while it drives the
/// runtime; if several threads are in `block_on`, one of them does. The thread in `block_on` of a
/// runtime with workers of its own is none of them, and neither are threads for closures that
/// block. After an `.await` a task may be on another worker.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::{self, Builder};
///
/// let runtime = Builder::new_multi_thread().worker_threads(2).build()?;
/// runtime.block_on(async {
///     let index = graph_runtime::spawn(async { runtime::worker_index() }).await.unwrap();
///     assert!(index.is_some_and(|index| index < 2));
///     assert_eq!(runtime::worker_index(), None);
/// });
/// # Ok::<(), runtime::BuildError>(())
/// ```
pub fn worker_index() -> Option<usize> {
    context::with_any_worker(|local| local.map(Local::index))
}
