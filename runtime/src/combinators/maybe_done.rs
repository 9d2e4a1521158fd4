//! A future that keeps its output until the others are done.

use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    #[project = Projected]
    #[project_replace = Replaced]
    enum Stage<F: Future> {
        Running {
            #[pin]
            future: F,
        },
        Done {
            output: F::Output,
        },
        Gone,
    }
}

pin_project! {
    /// A future, then its output, then nothing.
    pub struct MaybeDone<F: Future> {
        #[pin]
        stage: Stage<F>,
    }
}

impl<F: Future> MaybeDone<F> {
    /// Not polled yet.
    #[inline]
    pub fn new(future: impl IntoFuture<IntoFuture = F>) -> Self {
        Self { stage: Stage::Running { future: future.into_future() } }
    }

    /// The output, once.
    ///
    /// # Panics
    ///
    /// If there is none: the macros take it after the last poll, and once.
    pub fn take(self: Pin<&mut Self>) -> F::Output {
        match self.project().stage.project_replace(Stage::Gone) {
            Replaced::Done { output } => output,
            Replaced::Running { .. } | Replaced::Gone => {
                unreachable!("outputs are taken once, when all futures are done")
            }
        }
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> MaybeDone<F> {
    /// The error, if it has ended with one.
    pub fn take_error(mut self: Pin<&mut Self>) -> Option<E> {
        match self.as_mut().project().stage.project() {
            Projected::Done { output: Err(_) } => self.take().err(),
            _ => None,
        }
    }

    /// The value.
    ///
    /// # Panics
    ///
    /// As [`take`](Self::take), and if there was an error.
    pub fn take_ok(self: Pin<&mut Self>) -> T {
        match self.take() {
            Ok(value) => value,
            Err(_) => unreachable!("errors have been taken before"),
        }
    }
}

impl<F: Future> Future for MaybeDone<F> {
    type Output = ();

    /// Ready at once if the output is there already.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut stage = self.project().stage;
        let output = match stage.as_mut().project() {
            Projected::Running { future } => std::task::ready!(future.poll(context)),
            Projected::Done { .. } | Projected::Gone => return Poll::Ready(()),
        };
        stage.set(Stage::Done { output });
        Poll::Ready(())
    }
}
