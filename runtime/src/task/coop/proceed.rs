//! Taking part without being a resource of this crate.

use super::budget::{Left, is_left, poll_turn, spend, turn};
use pin_project_lite::pin_project;
use std::cell::Cell;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Takes one operation off the budget of the poll under way; lets others run first if nothing is
/// left of it.
///
/// # Cancel safety
///
/// Dropping the future loses nothing.
///
/// # Examples
///
/// A sum that nobody has to wait for:
///
/// ```
/// use graph_runtime::task::consume_budget;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut sum = 0;
/// for n in 0..10_000_u64 {
///     sum += n;
///     consume_budget().await;
/// }
/// assert_eq!(sum, 49_995_000);
/// # }
/// ```
pub async fn consume_budget() {
    turn().await;
    spend();
}

/// Whether anything is left of the budget of the poll under way. Yes where there is no limit.
///
/// # Examples
///
/// ```
/// assert!(graph_runtime::task::coop::has_budget_remaining());
/// ```
#[must_use]
pub fn has_budget_remaining() -> bool {
    is_left()
}

/// Takes one operation off the budget of the poll under way, for a future that is written by hand.
/// Pending if nothing is left: return that, the task runs again after the others.
///
/// The operation comes back when the result is dropped, unless
/// [`made_progress`](RestoreOnPending::made_progress) was called.
///
/// # Examples
///
/// ```
/// use graph_runtime::task::coop::poll_proceed;
/// use std::pin::Pin;
/// use std::task::{Context, Poll, ready};
///
/// /// Numbers that are always there.
/// struct Numbers(u64);
///
/// impl Numbers {
///     fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<u64> {
///         let proceed = ready!(poll_proceed(context));
///         self.0 += 1;
///         proceed.made_progress();
///         Poll::Ready(self.0)
///     }
/// }
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut numbers = Numbers(0);
/// while std::future::poll_fn(|context| numbers.poll_next(context)).await < 1000 {}
/// # }
/// ```
#[inline]
pub fn poll_proceed(context: &mut Context<'_>) -> Poll<RestoreOnPending> {
    ready!(poll_turn(context));
    let before = Left::now();
    spend();
    let before = Cell::new((!before.is_unlimited()).then_some(before));
    Poll::Ready(RestoreOnPending { before, of_this_thread: PhantomData })
}

/// An operation that was taken off the budget by [`poll_proceed`], and comes back when this is
/// dropped. It stays on its thread, whose budget it is:
///
/// ```compile_fail,E0277
/// fn assert_send<T: Send>() {}
/// assert_send::<graph_runtime::task::coop::RestoreOnPending>();
/// ```
#[derive(Debug)]
#[must_use = "the operation costs nothing unless `made_progress` is called"]
pub struct RestoreOnPending {
    /// What to put back, unless the operation was done.
    before: Cell<Option<Left>>,
    of_this_thread: PhantomData<*const ()>,
}

impl RestoreOnPending {
    /// The operation was done.
    pub fn made_progress(&self) {
        self.before.set(None);
    }
}

impl Drop for RestoreOnPending {
    fn drop(&mut self) {
        if let Some(before) = self.before.get() {
            before.put_back();
        }
    }
}

/// Lets a future take part that does not by itself: each time it is polled one operation is taken
/// off, which comes back if the future is not ready.
///
/// # Examples
///
/// ```
/// use graph_runtime::task::coop::cooperative;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// for n in 0..1000 {
///     assert_eq!(cooperative(std::future::ready(n)).await, n);
/// }
/// # }
/// ```
#[inline]
pub fn cooperative<F: Future>(future: F) -> Coop<F> {
    Coop { future }
}

pin_project! {
    /// The future of [`cooperative`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Coop<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Coop<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let proceed = ready!(poll_proceed(context));
        let polled = self.project().future.poll(context);
        if polled.is_ready() {
            proceed.made_progress();
        }
        polled
    }
}
