//! The way in, and back for what is refused.

use super::batch::Batch;
use super::inner::Inner;
use super::{ExecutableTask, Graph, GraphHandle, SubmitError, TaskHandle};
use scheduler::TaskTerms;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

impl Inner {
    /// Submits one task, with the room that `place` was granted if there is one.
    pub(super) fn submit_task(
        self: &Arc<Self>,
        task: ExecutableTask,
        place: Option<Place>,
    ) -> Result<TaskHandle, SubmitError<ExecutableTask>> {
        let now = self.now();
        let batch = Batch::new(now);
        let is_granted = place.is_some_and(Place::use_up);
        let accepted =
            self.step_at(now, |core, step| core.accept_task(task, self, &batch, is_granted, step));
        match accepted {
            Ok(()) => Ok(TaskHandle::new(Arc::clone(self), batch)),
            Err(refused) => Err(SubmitError::new(refused.0, refused.1)),
        }
    }

    /// Submits a graph, likewise.
    pub(super) fn submit_whole(
        self: &Arc<Self>,
        graph: Graph,
        place: Option<Place>,
    ) -> Result<GraphHandle, SubmitError<Graph>> {
        let now = self.now();
        let batch = Batch::new(now);
        let is_granted = place.is_some_and(Place::use_up);
        let accepted = self
            .step_at(now, |core, step| core.accept_graph(graph, self, &batch, is_granted, step));
        match accepted {
            Ok(id) => Ok(GraphHandle::new(Arc::clone(self), id, batch)),
            Err(refused) => Err(SubmitError::new(refused.0, refused.1)),
        }
    }

    /// What the scheduler has to know of a task.
    pub(super) fn terms<'a>(&self, task: &'a ExecutableTask) -> TaskTerms<'a> {
        let timeout = task.timeout.unwrap_or(self.config.default_timeout);
        TaskTerms {
            id: task.id,
            priority: task.priority,
            deadline: task.deadline.map(|deadline| self.timestamp(deadline)),
            dependencies: &task.dependencies,
            estimate: task.estimated_duration,
            requirements: task.resource_requirements,
            timeout: Some(timeout).filter(|&timeout| timeout != Duration::MAX),
        }
    }
}

/// A place in the line for room. Awaiting it by reference waits for the room; dropping it leaves
/// the line, or gives back what was granted.
pub(super) struct Place {
    inner: Arc<Inner>,
    places: usize,
    /// `None` before the first poll and after the room was used.
    key: Option<u64>,
}

impl Place {
    pub(super) fn new(inner: &Arc<Inner>, places: usize) -> Self {
        Self { inner: Arc::clone(inner), places, key: None }
    }

    /// The grant goes over to the caller, who claims it under the lock. True if there is one.
    fn use_up(mut self) -> bool {
        self.key.take().is_some()
    }
}

impl Future for &mut Place {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let waker = context.waker().clone();
        let places = self.places;
        let Some(key) = self.key else {
            let key = self.inner.step(|core, _| core.room.enter(places, waker));
            self.key = Some(key);
            return Poll::Pending;
        };
        let (is_waiting, unused) = self.inner.core.lock().room.is_waiting(key, waker);
        drop(unused);
        if is_waiting { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            let waker = self.inner.step(|core, _| core.room.leave(key, self.places));
            drop(waker);
        }
    }
}
