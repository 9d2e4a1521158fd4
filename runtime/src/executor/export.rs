//! All figures of an executor for other programs.

use super::{AsyncTaskExecutor, Concurrency, LimitChange};
use monitor::{Export, LimitDecision, LimitSnapshot};
use std::time::Instant;

impl AsyncTaskExecutor {
    /// All there is to be measured at this moment, for [Prometheus](Export::to_prometheus) or as
    /// [JSON](Export::to_json): tasks, the limit on those in flight and the decisions about it, and
    /// what the [runtime](crate::runtime::Handle::export) exports. Some 0.2 ms, and 0.1 ms for
    /// each worker that has recorded, which it may have to wait for if it ends a task meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, ExecutorError, Graph};
    ///
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let mut graph = Graph::new();
    /// graph.task("tea", |_| async { Ok::<_, ExecutorError>(()) }).add();
    /// executor.block_on(executor.run(graph))?;
    /// let text = executor.export().to_prometheus();
    /// assert!(text.contains("graph_runtime_tasks_ended_total{end=\"completed\"} 1\n"));
    /// # Ok::<(), ExecutorError>(())
    /// ```
    pub fn export(&self) -> Export {
        let now = self.inner.instant(self.inner.now());
        let limit = limit_snapshot(self.concurrency(), now);
        self.handle().add_to(Export::new(self.metrics()).limit(limit))
    }
}

fn limit_snapshot(concurrency: Concurrency, now: Instant) -> LimitSnapshot {
    let decision = |LimitChange { at, decision }: LimitChange| LimitDecision {
        age: now.saturating_duration_since(at),
        limit: decision.limit as u64,
        reason: decision.reason.label(),
        explanation: decision.reason.to_string(),
    };
    let reasons = concurrency.reasons.into_iter();
    LimitSnapshot {
        in_flight: concurrency.in_flight as u64,
        limit: concurrency.limit as u64,
        most: concurrency.most as u64,
        controller: concurrency.controller.to_owned(),
        reasons: reasons.map(|(reason, count)| (reason.label(), count)).collect(),
        decisions: concurrency.decisions.into_iter().map(decision).collect(),
    }
}
