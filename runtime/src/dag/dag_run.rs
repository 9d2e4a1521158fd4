//! A run as its owner holds it.

use super::DagError;
use super::csr::Dag;
use super::item::Item;
use super::run::Run;
use crate::runtime::Handle;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

impl Dag {
    /// Runs the graph on the current runtime. It starts at once; await the result for its end.
    ///
    /// Runs of one graph are independent of each other.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::dag::Dag;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use std::sync::Arc;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() -> Result<(), graph_runtime::dag::DagError> {
    /// let steps = Arc::new(AtomicU32::new(0));
    /// let mut graph = Dag::builder();
    /// let mut last = None;
    /// for expected in 0..3 {
    ///     let steps = Arc::clone(&steps);
    ///     let node = graph.node(move || {
    ///         let step = steps.fetch_add(1, Ordering::Relaxed);
    ///         async move { assert_eq!(step, expected) }
    ///     });
    ///     if let Some(last) = last.replace(node) {
    ///         graph.edge(last, node);
    ///     }
    /// }
    /// graph.build()?.run().await?;
    /// assert_eq!(steps.load(Ordering::Relaxed), 3);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn run(&self) -> DagRun {
        self.run_on(&Handle::current())
    }

    /// Runs the graph on the given runtime; otherwise as [`run`](Self::run).
    pub fn run_on(&self, handle: &Handle) -> DagRun {
        let run = Arc::new(Run::new(Arc::clone(&self.graph), handle.clone()));
        if let Some(roots) = self.graph.roots() {
            run.start_runner(0, Some(Item::Released(roots)));
        }
        DagRun { run }
    }
}

/// A run under way. Awaiting it gives its result once nothing of it runs any more.
///
/// Dropping it cancels the run: nothing is started any more, nodes that wait are dropped, and
/// those being polled go on to their next `Pending`.
///
/// # Cancel safety
///
/// Dropping a `&mut DagRun` that is being awaited loses nothing.
///
/// Inside a node, [`task::id`](crate::task::id) is that of the runner until the node waits for the
/// first time, and the node's own from then on.
///
/// # Errors
///
/// [`DagError::Failed`] or [`DagError::Panicked`] for the first node that did, and
/// [`DagError::Cancelled`]. Polled again after that, it says `Cancelled`.
#[must_use = "a dropped run is cancelled"]
pub struct DagRun {
    run: Arc<Run>,
}

impl DagRun {
    /// Cancels the run; await it for the end of what is running.
    pub fn cancel(&self) {
        self.run.stop(None);
    }
}

impl Future for DagRun {
    type Output = Result<(), DagError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.run.is_over() {
            self.run.set_waker(context.waker().clone());
            // Whoever ends the run takes the waker after that, under the same lock.
            if !self.run.is_over() {
                return Poll::Pending;
            }
        }
        Poll::Ready(self.run.result())
    }
}

impl Drop for DagRun {
    fn drop(&mut self) {
        if !self.run.is_over() {
            self.run.stop(None);
        }
    }
}

impl fmt::Debug for DagRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DagRun").finish_non_exhaustive()
    }
}
