//! What was added to a graph at once, seen by whoever added it.

use crate::executor::GraphReport;
use crate::executor::books::batch::Batch;
use crate::executor::inner::Inner;
use scheduler::Counts;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Tasks that were added to a running graph together. Awaiting it waits until all of them have
/// ended and gives a report of them; the report of the graph has them too.
///
/// While it lives and has not given its report, its tasks can be named as dependencies, also after
/// their ends. Dropping it changes nothing else: the tasks belong to the graph.
///
/// # Panics
///
/// Polling it again after it gave the report panics.
///
/// # Examples
///
/// ```
/// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, TaskError};
///
/// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
/// let mut graph = Graph::new();
/// graph.task("wait", |_| std::future::pending::<Result<(), TaskError>>()).add();
/// let handle = executor.try_submit_graph(graph)?;
///
/// let mut more = Graph::new();
/// let first = more.task("first", |_| async { Ok::<_, TaskError>(1) }).add();
/// more.task("second", |_| async { Ok::<_, TaskError>(2) }).after(first).add();
/// let part = executor.block_on(handle.try_grow(more)?);
/// assert_eq!(*part.output(first)?, 1);
/// assert_eq!(executor.block_on(handle.cancel_and_join()).counts().completed, 2);
/// # Ok::<(), graph_runtime::ExecutorError>(())
/// ```
#[must_use = "drop it if nobody waits for these tasks or names them later"]
pub struct GraphPart {
    inner: Arc<Inner>,
    batch: Arc<Batch>,
    is_consumed: bool,
}

impl GraphPart {
    pub(in crate::executor) fn new(inner: Arc<Inner>, batch: Arc<Batch>) -> Self {
        Self { inner, batch, is_consumed: false }
    }

    /// Whether every task has ended, so that awaiting it will not wait.
    pub fn is_finished(&self) -> bool {
        self.batch.release.has_ended()
    }

    fn let_go(&self) {
        if self.batch.release.let_go() {
            self.inner.core.lock().forget(&self.batch);
        }
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for record in self.batch.records() {
            if let Some(ending) = record.ending() {
                counts.add_ended(ending.outcome.state());
            }
        }
        counts
    }
}

impl Future for GraphPart {
    type Output = GraphReport;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<GraphReport> {
        assert!(!self.is_consumed, "GraphPart polled after it gave the report");
        let release = &self.batch.release;
        if self.batch.joiner.poll(context, || release.has_ended()).is_pending() {
            return Poll::Pending;
        }
        self.is_consumed = true;
        self.let_go();
        Poll::Ready(GraphReport::new(&self.inner, &self.batch, self.counts(), &[]))
    }
}

impl Drop for GraphPart {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl fmt::Debug for GraphPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphPart")
            .field("tasks", &self.batch.records().len())
            .field("is_finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}
