//! Futures with a value of their own.

use super::LocalKey;
use pin_project_lite::pin_project;
use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A future that has a value of a [`LocalKey`]; made by [`LocalKey::scope`].
    ///
    /// The future inside sees the value when it is polled and when it is dropped. It is dropped as
    /// soon as it is done.
    ///
    /// # Panics
    ///
    /// Polling it again after it was done, or inside of [`LocalKey::with`] of the same key.
    #[must_use = "futures do nothing unless polled"]
    pub struct TaskLocalFuture<T: 'static, F> {
        key: &'static LocalKey<T>,
        // While the future does not run.
        value: Option<T>,
        #[pin]
        future: Option<F>,
        #[pin]
        pinned: PhantomPinned,
    }

    impl<T: 'static, F> PinnedDrop for TaskLocalFuture<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if std::mem::needs_drop::<F>() && this.future.is_some() {
                let mut future = this.future;
                // If the scope cannot be entered the future is dropped afterwards, outside of it.
                let _ = this.key.exchanged(this.value, || future.set(None));
            }
        }
    }
}

impl<T: 'static, F> TaskLocalFuture<T, F> {
    pub(super) fn new(key: &'static LocalKey<T>, value: T, future: F) -> Self {
        Self { key, value: Some(value), future: Some(future), pinned: PhantomPinned }
    }

    /// Takes the value out, after which the future does without. `None` if that was done before.
    ///
    /// # Examples
    ///
    /// ```
    /// graph_runtime::task_local! { static LOG: std::cell::RefCell<Vec<u32>> }
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let mut scope = std::pin::pin!(LOG.scope(Default::default(), async {
    ///     LOG.with(|log| log.borrow_mut().push(1));
    /// }));
    /// scope.as_mut().await;
    /// assert_eq!(scope.take_value().unwrap().into_inner(), [1]);
    /// # }
    /// ```
    pub fn take_value(self: Pin<&mut Self>) -> Option<T> {
        self.project().value.take()
    }
}

impl<T: 'static, F: Future> Future for TaskLocalFuture<T, F> {
    type Output = F::Output;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut future = this.future;
        let polled = this.key.exchanged(this.value, || {
            let polled = future.as_mut().as_pin_mut()?.poll(context);
            if polled.is_ready() {
                future.set(None);
            }
            Some(polled)
        });
        match polled {
            Ok(Some(polled)) => polled,
            Ok(None) => panic!("`TaskLocalFuture` polled after completion"),
            Err(error) => error.panic(),
        }
    }
}

impl<T: fmt::Debug + 'static, F> fmt::Debug for TaskLocalFuture<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskLocalFuture").field("value", &self.value).finish_non_exhaustive()
    }
}
