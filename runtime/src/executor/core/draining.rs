//! Coming to an end: nothing starts, and nothing is lost.

use super::{Core, Step};
use crate::executor::ExecutableTask;
use crate::executor::books::batch::TaskRef;
use crate::executor::books::held::Stop;
use crate::executor::books::id_map::IdMap;
use crate::executor::drained::Left;
use primitives::Timestamp;
use scheduler::TaskId;

/// What never ran; and what was stopped, with its dependencies.
type Found = (Vec<Left>, Vec<(TaskRef, Vec<TaskRef>)>);

/// A drain that has begun.
#[derive(Default)]
pub(super) struct Draining {
    /// When what runs is stopped.
    deadline: Option<Timestamp>,
    /// Whether what had not started has been collected.
    is_collected: bool,
    remaining: Vec<Left>,
    /// What has been told to stop, and its dependencies.
    stopped: Vec<(TaskRef, Vec<TaskRef>)>,
}

impl Core {
    /// Starts nothing from now on and sends away who waits for room; what runs may go on until the
    /// deadline. What was about to start does not.
    pub(in crate::executor) fn begin_drain(
        &mut self,
        deadline: Option<Timestamp>,
        step: &mut Step<'_>,
    ) {
        self.scheduler.drain(deadline);
        self.room.dismiss(&mut step.after.wakers);
        let scheduler = &mut self.scheduler;
        self.started.retain(|started| scheduler.take_back(started.ticket, (), step.now).is_err());
        let draining = self.draining.get_or_insert_default();
        draining.deadline = draining.deadline.into_iter().chain(deadline).min();
        self.go_on_draining(step);
    }

    /// Collects what has not started when nothing runs, or nothing may run any more.
    pub(super) fn go_on_draining(&mut self, step: &mut Step<'_>) {
        let Some(draining) = &self.draining else { return };
        let is_over = draining.deadline.is_some_and(|deadline| deadline <= step.now);
        let is_due = is_over || self.scheduler.counts().running == 0;
        if !draining.is_collected && is_due {
            self.collect(step);
        }
    }

    /// What a drain has found, when everything has ended: what never ran, and what was stopped.
    pub(in crate::executor) fn take_drained(&mut self) -> Found {
        let draining = self.draining.as_mut();
        draining.map_or_else(Default::default, |it| {
            (std::mem::take(&mut it.remaining), std::mem::take(&mut it.stopped))
        })
    }

    /// Takes out everything that has not started, and stops everything that runs.
    fn collect(&mut self, step: &mut Step<'_>) {
        let mut late = IdMap::default();
        let mut remaining = self.collect_backlogs(&mut late, step);
        for task in self.scheduler.remaining() {
            let Some(found) = self.find(task.id) else { continue };
            let mut inputs = self.inputs(&found);
            inputs.extend(task.waits_for.iter().filter_map(|&id| self.find(id)));
            let Some(mut again) = found.take_task() else { continue };
            again.dependencies.extend(task.waits_for);
            let (graph, generation) = (task.graph, found.generation());
            remaining.push(Left { task: again, graph, generation, inputs });
        }
        for Left { task, .. } in &mut remaining {
            // The target of a backlog waits for what the backlog would have added.
            task.dependencies.extend(late.remove(&task.id).into_iter().flatten());
            task.dependencies.sort_unstable();
            task.dependencies.dedup();
        }
        let running = self.scheduler.cancel_all(step.now);
        let stopped = running.iter().filter_map(|&ticket| self.scheduler.task_of(ticket));
        let stopped = stopped.filter_map(|id| self.find(id)).map(|task| {
            let inputs = self.inputs(&task);
            (task, inputs)
        });
        let stopped: Vec<_> = stopped.collect();
        let stops = stopped.iter().map(|(task, _)| (task.clone(), Stop::for_good(None)));
        step.after.stops.extend(stops);
        let deadline = self.draining.as_ref().and_then(|it| it.deadline);
        self.draining = Some(Draining { deadline, is_collected: true, remaining, stopped });
        self.drain(None, step);
    }

    /// The known dependencies with which a task was submitted.
    fn inputs(&self, task: &TaskRef) -> Vec<TaskRef> {
        task.dependencies().iter().filter_map(|&id| task.input(id)).collect()
    }

    /// What has not been added to graphs yet, first of all, because it waits for nothing outside.
    /// `late` is told by whom else their targets wait.
    fn collect_backlogs(
        &mut self,
        late: &mut IdMap<Vec<TaskId>>,
        step: &mut Step<'_>,
    ) -> Vec<Left> {
        let mut remaining = Vec::new();
        for (_, mut backlog) in std::mem::take(&mut self.backlogs) {
            let (graph, generation) = (backlog.home.graph(), backlog.home.generation());
            // What would have been refused when its turn had come is dropped.
            let is_wanted = graph.is_some_and(|graph| self.scheduler.can_grow(graph));
            while is_wanted && let Some(tasks) = backlog.additions.next() {
                let tasks: Vec<ExecutableTask> =
                    (0..tasks.records.len()).filter_map(|at| tasks.take_task(at)).collect();
                let last = tasks.last().map(|task| task.id);
                late.entry(backlog.target).or_default().extend(last);
                let inputs = |task: &ExecutableTask| -> Vec<TaskRef> {
                    task.dependencies.iter().filter_map(|&id: &TaskId| self.find(id)).collect()
                };
                for task in tasks {
                    let inputs = inputs(&task);
                    remaining.push(Left { task, graph, generation, inputs });
                }
            }
            step.after.backlogs.push(backlog);
        }
        remaining
    }
}
