//! Where the tasks of a batch belong.

use super::lap::Lap;
use crate::executor::inner::Inner;
use primitives::shim::Mutex;
use scheduler::{GraphId, Pace};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

/// The executor and the graph of a batch: what a running task needs to add others.
#[derive(Clone)]
pub(in crate::executor) struct Home {
    inner: Weak<Inner>,
    /// Set when it is known: of a whole graph, when the scheduler has accepted it.
    graph: OnceLock<GraphId>,
    /// Whether the batch is a graph as it was submitted, and not a part that was added later.
    is_whole: bool,
    /// When the graph as a whole should have ended.
    pub(in crate::executor) deadline: Option<Instant>,
    /// The generation of the innermost loop to which the tasks belong; `None` outside loops.
    lap: Option<Arc<Lap>>,
    /// How far the graph is, if run times are learnt.
    pace: Option<Arc<Mutex<Pace>>>,
}

impl Home {
    /// Of a task that is submitted alone.
    pub(in crate::executor) fn alone(inner: &Arc<Inner>) -> Self {
        let inner = Arc::downgrade(inner);
        let graph = OnceLock::new();
        Self { inner, graph, is_whole: false, deadline: None, lap: None, pace: None }
    }

    /// Of a graph that is submitted.
    pub(in crate::executor) fn whole(inner: &Arc<Inner>, deadline: Option<Instant>) -> Self {
        let pace = inner.learner.as_ref().map(|_| Arc::default());
        Self { is_whole: true, deadline, pace, ..Self::alone(inner) }
    }

    /// Of what is added next to tasks that are at home here.
    pub(in crate::executor) fn beside(&self) -> Self {
        Self { is_whole: false, ..self.clone() }
    }

    /// Of what belongs to this generation of a loop next to it.
    pub(in crate::executor) fn within(self, lap: Arc<Lap>) -> Self {
        Self { lap: Some(lap), ..self }
    }

    /// The executor, while it is there.
    pub(in crate::executor) fn inner(&self) -> Option<Arc<Inner>> {
        self.inner.upgrade()
    }

    pub(in crate::executor) fn graph(&self) -> Option<GraphId> {
        self.graph.get().copied()
    }

    /// The graph has been accepted.
    pub(in crate::executor) fn found(&self, graph: GraphId) {
        let first = self.graph.set(graph).is_ok();
        debug_assert!(first, "a graph is accepted once");
    }

    pub(in crate::executor) fn pace(&self) -> Option<&Mutex<Pace>> {
        self.pace.as_deref()
    }

    pub(in crate::executor) fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(in crate::executor) fn lap(&self) -> Option<&Arc<Lap>> {
        self.lap.as_ref()
    }

    /// The generation of the innermost loop; 0 outside loops.
    pub(in crate::executor) fn generation(&self) -> u64 {
        self.lap.as_ref().map_or(0, |lap| lap.number())
    }
}
