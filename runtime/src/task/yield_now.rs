//! Giving way to others.

use super::waker::yield_through;
use std::task::Poll;

/// Lets the other tasks of this worker run before it returns: the task goes to the end of the
/// worker's queue.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// let other = graph_runtime::spawn(async {});
/// graph_runtime::task::yield_now().await;
/// assert!(other.is_finished());
/// # }
/// ```
pub async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        if !yield_through(context.waker()) {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await;
}
