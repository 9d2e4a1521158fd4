//! The way in: room, then the scheduler's checks, then the books.

use super::{Core, Refused, Step};
use crate::executor::ExecutorError;
use crate::executor::graph_state::GraphState;
use crate::executor::record::{Launch, Record};
use scheduler::{FailurePolicy, GraphId, SchedulerError, TaskSpec};
use std::sync::Arc;

impl Core {
    /// Accepts one task. Its payload's record is `record`. `is_granted` says that room was set
    /// aside for it.
    pub(in crate::executor) fn accept_task(
        &mut self,
        spec: TaskSpec<Launch>,
        is_granted: bool,
        step: &mut Step<'_>,
    ) -> Result<(), Refused<TaskSpec<Launch>>> {
        if let Err(error) = self.check_room(1, is_granted) {
            return Err(Box::new((error, spec)));
        }
        let record = Arc::clone(&spec.payload.record);
        let inputs = self.inputs(&spec, None);
        self.scheduler.submit(spec, step.now).map_err(|refused| {
            let (error, spec) = refused.into_parts();
            Box::new((self.refusal(error), spec))
        })?;
        step.recorder.submitted(1);
        if !inputs.is_empty() {
            record.set_inputs(inputs);
        }
        self.tasks.insert(record.id, record);
        self.drain(None, step);
        Ok(())
    }

    /// Accepts a whole graph, whose records are in `state`, or nothing of it.
    pub(in crate::executor) fn accept_graph(
        &mut self,
        specs: Vec<TaskSpec<Launch>>,
        failure: FailurePolicy,
        state: &Arc<GraphState>,
        is_granted: bool,
        step: &mut Step<'_>,
    ) -> Result<GraphId, Refused<Vec<TaskSpec<Launch>>>> {
        let tasks = specs.len();
        if let Err(error) = self.check_room(tasks, is_granted) {
            return Err(Box::new((error, specs)));
        }
        let inputs: Vec<_> = specs.iter().map(|spec| self.inputs(spec, Some(state))).collect();
        let graph = self.scheduler.submit_graph(specs, failure, step.now).map_err(|refused| {
            let (error, specs) = refused.into_parts();
            Box::new((self.refusal(error), specs))
        })?;
        step.recorder.submitted(tasks as u64);
        self.tasks.reserve(tasks);
        for (record, inputs) in state.records.iter().zip(inputs) {
            if !inputs.is_empty() {
                record.set_inputs(inputs);
            }
            self.tasks.insert(record.id, Arc::clone(record));
        }
        self.graphs.insert(graph, Arc::clone(state));
        self.drain(None, step);
        Ok(graph)
    }

    /// The records of a task's dependencies, as far as they are known; if one is not, the
    /// scheduler refuses the task.
    fn inputs(&self, spec: &TaskSpec<Launch>, graph: Option<&GraphState>) -> Vec<Arc<Record>> {
        let inside = |id| graph.and_then(|graph| graph.get(id));
        let known = |id| inside(id).or_else(|| self.tasks.get(&id)).cloned();
        spec.dependencies.iter().filter_map(|&id| known(id)).collect()
    }

    fn check_room(&mut self, tasks: usize, is_granted: bool) -> Result<(), ExecutorError> {
        if is_granted {
            self.room.claim(tasks);
        }
        if self.is_closed {
            return Err(ExecutorError::ShutDown);
        }
        // What can never fit is left to the scheduler to refuse, rather than made to wait.
        if is_granted || tasks > self.max_pending || self.room.is_free(tasks, self.free()) {
            return Ok(());
        }
        Err(ExecutorError::QueueFull { capacity: self.max_pending })
    }

    fn refusal(&self, error: SchedulerError) -> ExecutorError {
        match error {
            SchedulerError::QueueFull { .. } => {
                ExecutorError::QueueFull { capacity: self.max_pending }
            }
            SchedulerError::GraphTooLarge { tasks, .. } => {
                ExecutorError::GraphTooLarge { tasks, capacity: self.max_pending }
            }
            error => ExecutorError::Rejected(error),
        }
    }
}
