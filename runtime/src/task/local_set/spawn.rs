//! Adding tasks to the set that the thread is in.

use super::current;
use crate::runtime::Handle;
use crate::task::{Annotation, JoinHandle};
use std::panic::Location;

/// Starts a task, which need not be `Send`, in the [`LocalSet`](super::LocalSet) that the calling
/// code runs in.
///
/// # Panics
///
/// Outside of a set.
///
/// # Examples
///
/// ```
/// use graph_runtime::task::{LocalSet, spawn_local};
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// #[graph_runtime::main]
/// async fn main() {
///     let count = Rc::new(Cell::new(0));
///     let set = LocalSet::new();
///     for _ in 0..10 {
///         let count = Rc::clone(&count);
///         set.spawn_local(async move {
///             spawn_local(async move { count.set(count.get() + 1) }).await.unwrap();
///         });
///     }
///     set.await;
///     assert_eq!(count.get(), 10);
/// }
/// ```
#[track_caller]
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    spawn_in_entered(future, Location::caller(), None)
}

/// The same for a task that may have something to say.
#[track_caller]
pub(crate) fn spawn_in_entered<F>(
    future: F,
    site: &'static Location<'static>,
    annotation: Option<Annotation>,
) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    match current::entered() {
        Some(context) => context.spawn(future, site, annotation),
        None => panic!("{}", outside()),
    }
}

/// Why there is no set to add a task to.
fn outside() -> &'static str {
    if Handle::try_current().is_ok_and(|handle| handle.shared().config.is_local) {
        "Local tasks can only be spawned on a LocalRuntime from the thread the runtime was created \
         on, within its `block_on` or `enter`"
    } else {
        "`spawn_local` called from outside of a `task::LocalSet` or `runtime::LocalRuntime`"
    }
}
