//! The way in: room, then the scheduler's checks, then the books.

use super::{Core, Refused, Step};
use crate::executor::batch::Batch;
use crate::executor::inner::Inner;
use crate::executor::record::{Launch, Record};
use crate::executor::{ExecutableTask, ExecutorError, Graph};
use scheduler::{GraphId, SchedulerError};
use std::sync::Arc;

impl Core {
    /// Accepts one task, all there is in `batch`. `is_granted` says that room was set aside for it.
    pub(in crate::executor) fn accept_task(
        &mut self,
        task: ExecutableTask,
        inner: &Inner,
        batch: &Arc<Batch>,
        is_granted: bool,
        step: &mut Step<'_>,
    ) -> Result<(), Refused<ExecutableTask>> {
        if let Err(error) = self.check_room(1, is_granted) {
            return Err(Box::new((error, task)));
        }
        let accept = |task| {
            let (record, body) = Record::new(task);
            batch.fill(vec![record]);
            Launch { task: batch.task(0), body }
        };
        self.scheduler.submit_of(task, |task| inner.terms(task), accept, step.now).map_err(
            |refused| {
                let (error, task) = refused.into_parts();
                Box::new((self.refusal(error), task))
            },
        )?;
        step.recorder.submitted(1);
        self.tasks.insert(batch.records()[0].id, Arc::clone(batch));
        self.connect(batch);
        self.drain(None, step);
        Ok(())
    }

    /// Accepts a whole graph, or nothing of it.
    pub(in crate::executor) fn accept_graph(
        &mut self,
        graph: Graph,
        inner: &Inner,
        batch: &Arc<Batch>,
        is_granted: bool,
        step: &mut Step<'_>,
    ) -> Result<GraphId, Refused<Graph>> {
        if let Err(error) = self.check_room(graph.len(), is_granted) {
            return Err(Box::new((error, graph)));
        }
        let Graph { tasks, failure } = graph;
        let count = tasks.len();
        let mut records = Vec::new();
        let accept = |task, index| {
            // Not reserved earlier: a refused graph must cost no memory.
            if index == 0 {
                records.reserve_exact(count);
            }
            let (record, body) = Record::new(task);
            records.push(record);
            Launch { task: batch.task(index), body }
        };
        let graph = self.scheduler.submit_graph_of(
            tasks,
            |task| inner.terms(task),
            accept,
            failure,
            step.now,
        );
        let graph = graph.map_err(|refused| {
            let (error, tasks) = refused.into_parts();
            Box::new((self.refusal(error), Graph { tasks, failure }))
        })?;
        batch.fill(records);
        step.recorder.submitted(count as u64);
        self.graphs.insert(graph, Arc::clone(batch));
        self.connect(batch);
        self.drain(None, step);
        Ok(graph)
    }

    /// Gives the tasks of an accepted batch hold of their dependencies outside. The scheduler has
    /// found them all.
    fn connect(&self, batch: &Batch) {
        for record in batch.records() {
            let outside = record.dependencies.iter().filter(|&&id| batch.position(id).is_none());
            let inputs: Vec<_> = outside.filter_map(|&id| self.find(id)).collect();
            if !inputs.is_empty() {
                record.set_outside_inputs(inputs);
            }
        }
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
