//! The way in: room, then the scheduler's checks, then the books.

use super::{Core, Step};
use crate::executor::ExecutorError;
use crate::executor::books::batch::Batch;
use crate::executor::books::id_map::IdMap;
use scheduler::{FailurePolicy, GraphId, GraphPlan, SchedulerError, TaskTerms};
use std::sync::Arc;
use std::time::Duration;

impl Core {
    /// Accepts one task, all there is in `batch`, into the graph to which that belongs, if it
    /// belongs to one. `is_granted` says that room was set aside for it.
    pub(in crate::executor) fn accept_task(
        &mut self,
        terms: &TaskTerms<'_>,
        batch: &Arc<Batch>,
        is_granted: bool,
        step: &mut Step<'_>,
    ) -> Result<(), ExecutorError> {
        self.claim(1, is_granted);
        self.check_room(1, is_granted)?;
        let accepted = match batch.home.graph() {
            Some(graph) => self.scheduler.submit_into_of(graph, terms, (), step.now),
            None => self.scheduler.submit_of(terms, (), step.now),
        };
        accepted.map_err(|error| self.refusal(error))?;
        step.recorder().submitted(1);
        batch.accepted();
        self.tasks.insert(terms.id, Arc::clone(batch));
        self.give_inputs(batch);
        self.keep_part(batch);
        self.drain(None, step);
        Ok(())
    }

    /// Accepts a whole graph, or nothing of it.
    pub(in crate::executor) fn accept_graph(
        &mut self,
        plan: Result<GraphPlan, SchedulerError>,
        batch: &Arc<Batch>,
        failure: FailurePolicy,
        is_granted: bool,
        step: &mut Step<'_>,
    ) -> Result<GraphId, ExecutorError> {
        let count = batch.records().len();
        self.claim(count, is_granted);
        self.check_room(count, is_granted)?;
        let reaches_out = plan.as_ref().is_ok_and(GraphPlan::reaches_out);
        let submit = |plan| {
            let submitted = self.scheduler.submit_plan(plan, |_| (), failure, step.now);
            // Outside the lock would be better, but it is plain memory.
            submitted.map_err(|refused| refused.into_parts().0)
        };
        let graph = plan.and_then(submit).map_err(|error| self.refusal(error))?;
        step.recorder().submitted(count as u64);
        batch.accepted();
        batch.home.found(graph);
        self.graphs.insert(graph, Arc::clone(batch));
        if reaches_out {
            self.give_inputs(batch);
        }
        self.drain(None, step);
        Ok(graph)
    }

    /// The batches to which the tasks of a graph belong that may be ranked again: the graph as it
    /// was submitted, if it is known, and what was added and has not ended.
    pub(in crate::executor) fn rankable(
        &self,
        graph: GraphId,
    ) -> Option<(Arc<Batch>, Vec<Arc<Batch>>)> {
        let whole = Arc::clone(self.graphs.get(&graph)?);
        let parts = self.scheduler.added(graph).filter_map(|id| self.tasks.get(&id));
        let mut parts: Vec<_> = parts.cloned().collect();
        parts.sort_unstable_by_key(Arc::as_ptr);
        parts.dedup_by(|a, b| Arc::ptr_eq(a, b));
        Some((whole, parts))
    }

    /// Ranks a graph again, from what is known now of the run time of each of its tasks; those that
    /// were added are in `added`, or are newer than that.
    pub(in crate::executor) fn reestimate(
        &mut self,
        graph: GraphId,
        estimates: &[Duration],
        added: &IdMap<Duration>,
    ) {
        self.scheduler.reestimate(graph, |node| estimates[node], |id| added.get(&id).copied());
    }

    /// Gives the tasks of an accepted batch hold of their dependencies outside. The scheduler has
    /// found them all.
    pub(super) fn give_inputs(&self, batch: &Batch) {
        for index in 0..batch.records().len() {
            let outside = batch.tasks().dependencies(index).iter().copied();
            let outside = outside.filter(|&id| batch.position(id).is_none());
            let inputs: Vec<_> = outside.filter_map(|id| self.find(id)).collect();
            if !inputs.is_empty() {
                batch.records()[index].set_outside_inputs(inputs);
            }
        }
    }

    /// Uses up the room that was set aside, if any was.
    pub(super) fn claim(&mut self, tasks: usize, is_granted: bool) {
        if is_granted {
            self.room.claim(tasks);
        }
    }

    /// Whether there is room for so many tasks, without overtaking anybody.
    pub(in crate::executor) fn check_room(
        &self,
        tasks: usize,
        is_granted: bool,
    ) -> Result<(), ExecutorError> {
        if self.is_closed {
            return Err(ExecutorError::ShutDown);
        }
        // What can never fit is left to the scheduler to refuse, rather than made to wait.
        if is_granted || tasks > self.max_pending || self.room.is_free(tasks, self.free()) {
            return Ok(());
        }
        Err(self.queue_full())
    }

    fn queue_full(&self) -> ExecutorError {
        ExecutorError::QueueFull { capacity: self.max_pending, limited: self.limited() }
    }

    pub(super) fn refusal(&self, error: SchedulerError) -> ExecutorError {
        match error {
            SchedulerError::QueueFull { .. } => self.queue_full(),
            SchedulerError::GraphTooLarge { tasks, .. } => {
                ExecutorError::GraphTooLarge { tasks, capacity: self.max_pending }
            }
            SchedulerError::Draining => ExecutorError::Draining,
            error => ExecutorError::Rejected(error),
        }
    }
}
