//! A future that may not have been made.

use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// The future of a branch whose condition introduces names: there is one only if it held.
    #[derive(Debug)]
    pub struct OptionalFuture<F> {
        #[pin]
        future: Option<F>,
    }
}

impl<F> OptionalFuture<F> {
    /// There is one.
    #[inline]
    pub fn some(future: impl IntoFuture<IntoFuture = F>) -> Self {
        Self { future: Some(future.into_future()) }
    }

    /// There is none, and nobody may poll it.
    #[inline]
    pub fn none() -> Self {
        Self { future: None }
    }
}

impl<F: Future> Future for OptionalFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.project().future.as_pin_mut();
        future.expect("a branch without a future is disabled").poll(context)
    }
}
