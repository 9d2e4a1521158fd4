//! Additions to running graphs, and changes to what has not started.

use super::{Core, Step};
use crate::executor::ExecutorError;
use crate::executor::books::batch::Batch;
use crate::executor::books::home::Home;
use crate::executor::books::lap::{Keeper, Lap};
use scheduler::{Dependents, GraphPlan, SchedulerError, TaskId};
use std::sync::Arc;

impl Core {
    /// Accepts all that a batch adds to its graph, or nothing of it.
    pub(in crate::executor) fn accept_part(
        &mut self,
        plan: Result<GraphPlan, SchedulerError>,
        batch: &Arc<Batch>,
        step: &mut Step<'_>,
    ) -> Result<(), ExecutorError> {
        self.check_room(batch.records().len(), false)?;
        self.insert_part(plan, batch, step)?;
        self.keep_part(batch);
        // Without tasks it has ended already, and no task will say so.
        if batch.records().is_empty() && batch.release.end() {
            self.forget(batch);
        }
        self.drain(None, step);
        Ok(())
    }

    /// Books what a batch adds to its graph.
    pub(super) fn insert_part(
        &mut self,
        plan: Result<GraphPlan, SchedulerError>,
        batch: &Arc<Batch>,
        step: &mut Step<'_>,
    ) -> Result<(), ExecutorError> {
        let graph = batch.home.graph().expect("whoever adds has looked for the graph");
        let reaches_out = plan.as_ref().is_ok_and(GraphPlan::reaches_out);
        let grow = |plan| {
            let grown = self.scheduler.grow_plan(graph, plan, |_| (), step.now);
            grown.map_err(|refused| refused.into_parts().0)
        };
        plan.and_then(grow).map_err(|error| self.refusal(error))?;
        step.recorder().submitted(batch.records().len() as u64);
        batch.accepted();
        for record in batch.records() {
            self.tasks.insert(record.id, Arc::clone(batch));
        }
        if reaches_out {
            self.give_inputs(batch);
        }
        Ok(())
    }

    /// Keeps what was added to a graph for the graph's report.
    pub(super) fn keep_part(&self, batch: &Arc<Batch>) {
        if let Some(keeper) = self.keeper(&batch.home, batch.home.lap()) {
            keeper.kept.keep(batch);
        }
    }

    /// Keeps a generation of the loop that ends with `end` for the graph's report, and lets go of
    /// the one before, with what was added in it.
    pub(super) fn keep_generation(&self, end: TaskId, batch: &Arc<Batch>, step: &mut Step<'_>) {
        let Some(lap) = batch.home.lap() else { return };
        lap.begins_with(batch);
        let gone = match self.keeper(&batch.home, lap.outer()) {
            Some(keeper) => keeper.kept.keep_generation(end, batch),
            None => Some(Arc::clone(batch)),
        };
        if let Some(gone) = gone {
            step.after.forgotten.extend(gone.kept.close());
            step.after.forgotten.push(gone);
        }
    }

    /// With what it is kept that is added in a generation of a graph; `None` if it is not.
    fn keeper(&self, home: &Home, lap: Option<&Arc<Lap>>) -> Option<Arc<Batch>> {
        match Lap::keeper(lap) {
            Keeper::Graph => home.graph().and_then(|graph| self.graphs.get(&graph)).cloned(),
            Keeper::Generation(first) => Some(first),
            Keeper::Nowhere => None,
        }
    }

    pub(in crate::executor) fn add_edge(
        &mut self,
        before: TaskId,
        after: TaskId,
        step: &mut Step<'_>,
    ) -> Result<(), ExecutorError> {
        let connected = self.scheduler.connect(before, after, step.now);
        connected.map_err(|error| self.refusal(error))?;
        self.drain(None, step);
        Ok(())
    }

    pub(in crate::executor) fn remove(
        &mut self,
        id: TaskId,
        dependents: Dependents,
        step: &mut Step<'_>,
    ) -> Result<(), ExecutorError> {
        let removed = self.scheduler.remove(id, dependents, step.now);
        removed.map_err(|error| self.refusal(error))?;
        self.drain(None, step);
        Ok(())
    }

    pub(in crate::executor) fn pause(&mut self) {
        self.scheduler.pause();
    }

    pub(in crate::executor) fn resume(&mut self) {
        self.scheduler.resume();
    }
}
