//! Doing without a budget.

use super::without_budget;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Frees a future of its budget: nothing in it is held back, however much it does in one poll, and
/// whatever else runs on the worker waits meanwhile.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::mpsc;
/// use graph_runtime::task::unconstrained;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// let (sender, mut receiver) = mpsc::unbounded_channel();
/// (0..1000).for_each(|n| sender.send(n).unwrap());
/// let other = graph_runtime::spawn(async {});
/// unconstrained(async {
///     for _ in 0..1000 {
///         receiver.recv().await.unwrap();
///     }
/// })
/// .await;
/// assert!(!other.is_finished(), "it had no turn");
/// # }
/// ```
#[inline]
pub fn unconstrained<F>(future: F) -> Unconstrained<F> {
    Unconstrained { inner: future }
}

pin_project! {
    /// The future of [`unconstrained`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Unconstrained<F> {
        #[pin]
        inner: F,
    }
}

impl<F: Future> Future for Unconstrained<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let inner = self.project().inner;
        without_budget(|| inner.poll(context))
    }
}
