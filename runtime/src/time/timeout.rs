//! Giving a future a limited time.

use super::{Duration, Elapsed, Instant, Sleep, sleep, sleep_until};
use crate::task::coop::without_budget;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits for `future`, for at most `duration`.
///
/// The future is polled before the clock is looked at, so one that is ready wins however late it
/// is polled.
///
/// # Errors
///
/// [`Elapsed`] if time ran out first.
///
/// # Cancel safety
///
/// Dropping it drops the future and cancels the timer.
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
/// use graph_runtime::time::{Duration, timeout};
///
/// let late = timeout(Duration::from_millis(1), std::future::pending::<()>()).await;
/// assert!(late.is_err());
/// assert_eq!(timeout(Duration::ZERO, async { 7 }).await, Ok(7));
/// # }
/// ```
#[track_caller]
pub fn timeout<F: IntoFuture>(duration: Duration, future: F) -> Timeout<F::IntoFuture> {
    Timeout { future: future.into_future(), sleep: sleep(duration) }
}

/// Waits for `future`, until `deadline` at most. Otherwise as [`timeout`].
///
/// # Errors
///
/// [`Elapsed`] if the deadline came first.
///
/// # Panics
///
/// Outside a runtime.
#[track_caller]
pub fn timeout_at<F: IntoFuture>(deadline: Instant, future: F) -> Timeout<F::IntoFuture> {
    Timeout { future: future.into_future(), sleep: sleep_until(deadline) }
}

pin_project! {
    /// The future of [`timeout`] and [`timeout_at`].
    #[derive(Debug)]
    #[must_use = "a timeout does nothing unless it is awaited"]
    pub struct Timeout<F> {
        #[pin]
        future: F,
        sleep: Sleep,
    }
}

impl<F> Timeout<F> {
    /// The future that is given the time.
    pub fn get_ref(&self) -> &F {
        &self.future
    }

    /// The future that is given the time.
    pub fn get_mut(&mut self) -> &mut F {
        &mut self.future
    }

    /// The future, freed of its limit.
    pub fn into_inner(self) -> F {
        self.future
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(context) {
            return Poll::Ready(Ok(output));
        }
        // Also when the future has used the budget up: it may do so each time.
        let sleep = Pin::new(this.sleep);
        without_budget(|| sleep.poll(context)).map(|()| Err(Elapsed::new()))
    }
}
