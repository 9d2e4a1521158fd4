//! The way in: from the user's tasks to the scheduler's, and back if they are refused.

use super::graph_state::GraphState;
use super::inner::Inner;
use super::record::{Launch, Record};
use super::{ExecutableTask, Graph, GraphHandle, SubmitError, TaskHandle};
use primitives::Timestamp;
use scheduler::TaskSpec;
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
        let spec = self.spec(task, now);
        let record = Arc::clone(&spec.payload.record);
        let is_granted = place.is_some_and(Place::use_up);
        let accepted = self.step_at(now, |core, step| core.accept_task(spec, is_granted, step));
        match accepted {
            Ok(()) => Ok(TaskHandle::new(Arc::clone(self), record)),
            Err(refused) => {
                let (error, spec): (_, TaskSpec<Launch>) = *refused;
                Err(SubmitError::new(error, Self::task(spec)))
            }
        }
    }

    /// Submits a graph, likewise.
    pub(super) fn submit_whole(
        self: &Arc<Self>,
        graph: Graph,
        place: Option<Place>,
    ) -> Result<GraphHandle, SubmitError<Graph>> {
        let now = self.now();
        let failure = graph.failure;
        let specs: Vec<_> = graph.tasks.into_iter().map(|task| self.spec(task, now)).collect();
        let records = specs.iter().map(|spec| Arc::clone(&spec.payload.record)).collect();
        let state = Arc::new(GraphState::new(records));
        let is_granted = place.is_some_and(Place::use_up);
        let accepted = self
            .step_at(now, |core, step| core.accept_graph(specs, failure, &state, is_granted, step));
        match accepted {
            Ok(id) => Ok(GraphHandle::new(Arc::clone(self), id, state)),
            Err(refused) => {
                let (error, specs): (_, Vec<TaskSpec<Launch>>) = *refused;
                let tasks = specs.into_iter().map(Self::task).collect();
                Err(SubmitError::new(error, Graph { tasks, failure }))
            }
        }
    }

    fn spec(&self, task: ExecutableTask, now: Timestamp) -> TaskSpec<Launch> {
        let record = Arc::new(Record::new(&task, now));
        let default = self.config.default_timeout;
        TaskSpec {
            id: task.id,
            // The record has it.
            name: None,
            priority: task.priority,
            deadline: task.deadline.map(|deadline| self.timestamp(deadline)),
            dependencies: task.dependencies,
            estimate: task.estimated_duration,
            requirements: task.resource_requirements,
            timeout: Some(task.timeout.unwrap_or(default)).filter(|&t| t != Duration::MAX),
            payload: Launch { record, task: task.task, timeout: task.timeout },
        }
    }

    /// The task again, exactly as it was.
    fn task(spec: TaskSpec<Launch>) -> ExecutableTask {
        ExecutableTask {
            id: spec.id,
            name: spec.payload.record.name.clone(),
            priority: spec.priority,
            deadline: spec.payload.record.deadline,
            dependencies: spec.dependencies,
            estimated_duration: spec.estimate,
            resource_requirements: spec.requirements,
            timeout: spec.payload.timeout,
            task: spec.payload.task,
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
