//! What is left of an executor that was drained.

use super::books::batch::TaskRef;
use super::books::record::Outcome;
use super::task::async_task::AsyncTask;
use super::{ExecutableTask, Graph, TaskContext, TaskFuture, TaskOutput};
use scheduler::{GraphId, TaskId};
use std::collections::BTreeMap;
use std::future::ready;

/// What an executor that was [drained](super::AsyncTaskExecutor::drain) has not done.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Drained {
    /// Tasks that never ran, each after those of them that it depends on.
    pub remaining: Vec<RemainingTask>,
    /// Tasks that ran when the time was over, and were stopped.
    pub cancelled: Vec<RemainingTask>,
}

/// A task that can be submitted again.
#[derive(Debug)]
#[non_exhaustive]
pub struct RemainingTask {
    /// The task. Its dependencies are those that are left: others of [`Drained`], and whatever was
    /// [connected](super::AsyncTaskExecutor::connect) later.
    pub task: ExecutableTask,
    /// The graph it belonged to.
    pub graph: Option<GraphId>,
    /// The [generation](TaskContext::generation) of the innermost loop it belonged to; 0 outside
    /// loops.
    pub generation: u64,
    /// What its other dependencies returned, by their ids.
    pub completed: Vec<(TaskId, TaskOutput)>,
}

impl Drained {
    /// Whether everything was done.
    pub fn is_empty(&self) -> bool {
        self.remaining.is_empty() && self.cancelled.is_empty()
    }

    /// All of it as one graph, to be submitted to another executor: the tasks under their old ids,
    /// those that were stopped from their beginnings, and for each dependency that had completed a
    /// task of its id that returns what that one had returned.
    ///
    /// Tasks have all their attempts and timeouts anew, and their deadlines, groups and rates as
    /// they were, which the other executor must declare as well. Failure policies, deadlines and
    /// timeouts of the graphs they belonged to are not in it: those of the graph that is returned
    /// can be set. A dependency that ended in any other way than well is none any more.
    pub fn into_graph(self) -> Graph {
        let mut graph = Graph::new();
        let mut known = BTreeMap::new();
        let mut tasks = Vec::with_capacity(self.remaining.len() + self.cancelled.len());
        for RemainingTask { mut task, generation, completed, .. } in
            self.cancelled.into_iter().chain(self.remaining)
        {
            task.dependencies.extend(completed.iter().map(|&(id, _)| id));
            known.extend(completed);
            tasks.push((task, generation));
        }
        for (id, output) in known {
            graph.push(ExecutableTask::new(Known(output)).with_id(id));
        }
        for (task, generation) in tasks {
            graph.push(task);
            if generation > 0 {
                graph.tasks.set_generation(generation);
            }
        }
        graph
    }
}

/// A task that has completed before.
struct Known(TaskOutput);

impl AsyncTask for Known {
    fn run(&self, _context: TaskContext) -> TaskFuture {
        Box::pin(ready(Ok(self.0.clone())))
    }
}

/// A task that was found when nothing more was to start.
pub(super) struct Left {
    pub(super) task: ExecutableTask,
    pub(super) graph: Option<GraphId>,
    pub(super) generation: u64,
    /// Its dependencies of before, and whatever it was connected with.
    pub(super) inputs: Vec<TaskRef>,
}

impl Left {
    /// A task that was told to stop, if that is how it ended.
    pub(super) fn of_stopped((stopped, inputs): (TaskRef, Vec<TaskRef>)) -> Option<Self> {
        let is_cancelled = matches!(stopped.ending()?.outcome, Outcome::Cancelled);
        let task = stopped.take_task().filter(|_| is_cancelled)?;
        let (graph, generation) = (stopped.batch.home.graph(), stopped.generation());
        Some(Self { task, graph, generation, inputs })
    }

    /// When nothing runs any more: which dependencies have completed, and which are left.
    pub(super) fn settle(self) -> RemainingTask {
        let Self { mut task, graph, generation, inputs } = self;
        let mut completed = Vec::new();
        for input in inputs {
            if let Some(Outcome::Completed(output)) = input.ending().map(|it| &it.outcome) {
                completed.push((input.id, output.clone()));
            }
        }
        let is_left = |id: &TaskId| completed.iter().all(|(known, _)| known != id);
        task.dependencies.retain(is_left);
        RemainingTask { task, graph, generation, completed }
    }
}
