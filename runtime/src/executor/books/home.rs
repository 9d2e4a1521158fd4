//! Where the tasks of a batch belong.

use super::lap::Lap;
use crate::executor::inner::Inner;
use primitives::shim::Mutex;
use scheduler::{GraphId, Pace};
use std::panic::Location;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

/// A graph, and how far it is.
pub(in crate::executor) type Progress<'a> = (GraphId, &'a Arc<Mutex<Pace>>);

/// The executor and the graph of a batch: what a running task needs to add others.
#[derive(Clone)]
pub(in crate::executor) struct Home {
    inner: Weak<Inner>,
    /// Where it was submitted from outside: the batch, or the graph to which it was added.
    site: &'static Location<'static>,
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
    /// Of a task that the caller submits alone.
    #[track_caller]
    pub(in crate::executor) fn alone(inner: &Arc<Inner>) -> Self {
        let (inner, site) = (Arc::downgrade(inner), Location::caller());
        let graph = OnceLock::new();
        Self { inner, site, graph, is_whole: false, deadline: None, lap: None, pace: None }
    }

    /// Of a graph that the caller submits.
    #[track_caller]
    pub(in crate::executor) fn whole(inner: &Arc<Inner>) -> Self {
        let pace = inner.learner.as_ref().map(|_| Arc::default());
        Self { is_whole: true, pace, ..Self::alone(inner) }
    }

    /// With a time when all of it should have ended.
    pub(in crate::executor) fn due(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
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

    /// Where the batch, or the graph to which it was added, was submitted.
    pub(in crate::executor) fn site(&self) -> &'static Location<'static> {
        self.site
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

    /// The graph and how far it is, if run times are learnt.
    pub(in crate::executor) fn progress(&self) -> Option<Progress<'_>> {
        self.graph().zip(self.pace.as_ref())
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
