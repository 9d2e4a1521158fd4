//! A submitted graph, seen by whoever submitted it.

use crate::executor::GraphReport;
use crate::executor::books::batch::Batch;
use crate::executor::inner::Inner;
use scheduler::GraphId;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Owns the right to a graph's report. Awaiting it waits until every task of the graph has ended.
///
/// Dropping it detaches the graph: it runs on, and is forgotten when it ends.
///
/// It may be awaited on any thread and in any runtime. A task of the graph that awaits it waits for
/// itself, until somebody [cancels](crate::AsyncTaskExecutor::cancel) it.
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
/// let stuck = graph.task("stuck", |_| std::future::pending::<Result<(), TaskError>>()).add();
/// graph.task("after", |_| async { Ok::<_, TaskError>(()) }).after(stuck).add();
///
/// let handle = executor.try_submit_graph(graph)?;
/// let report = executor.block_on(handle.cancel_and_join());
/// assert_eq!(report.counts().cancelled, 2);
/// # Ok::<(), graph_runtime::ExecutorError>(())
/// ```
#[must_use = "a dropped GraphHandle detaches its graph; bind it to `_` if that is meant"]
pub struct GraphHandle {
    pub(in crate::executor) inner: Arc<Inner>,
    id: GraphId,
    pub(in crate::executor) batch: Arc<Batch>,
    is_consumed: bool,
}

impl GraphHandle {
    pub(in crate::executor) fn new(inner: Arc<Inner>, id: GraphId, batch: Arc<Batch>) -> Self {
        Self { inner, id, batch, is_consumed: false }
    }

    /// The graph's id.
    pub fn id(&self) -> GraphId {
        self.id
    }

    /// Cancels the graph: what has not started ends at once, what runs is stopped.
    pub fn cancel(&self) {
        self.inner.step(|core, step| core.cancel_graph(self.id, step));
    }

    /// Cancels the graph and waits until nothing of it runs any more.
    pub async fn cancel_and_join(self) -> GraphReport {
        self.cancel();
        self.await
    }

    /// Whether every task has ended, so that awaiting it will not wait.
    pub fn is_finished(&self) -> bool {
        self.batch.release.has_ended()
    }

    /// Nobody will ask again. Returns what was added to the graph.
    fn let_go(&self) -> Vec<Arc<Batch>> {
        if self.batch.release.let_go() {
            let forgotten = self.inner.core.lock().forget_graph(self.id);
            drop(forgotten);
        }
        self.batch.kept.close()
    }
}

impl Future for GraphHandle {
    type Output = GraphReport;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<GraphReport> {
        assert!(!self.is_consumed, "GraphHandle polled after it gave the report");
        let release = &self.batch.release;
        if self.batch.joiner.poll(context, || release.has_ended()).is_pending() {
            return Poll::Pending;
        }
        self.is_consumed = true;
        let parts = self.let_go();
        let counts = self.batch.counts().unwrap_or_default();
        Poll::Ready(GraphReport::new(&self.inner, &self.batch, counts, &parts))
    }
}

impl Drop for GraphHandle {
    fn drop(&mut self) {
        drop(self.let_go());
    }
}

impl fmt::Debug for GraphHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphHandle").field("id", &self.id).finish_non_exhaustive()
    }
}
