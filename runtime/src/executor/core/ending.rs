//! The way out: attempts that are over, cancellation, and what the scheduler reports of both.

use super::{Core, Step};
use crate::executor::RootCause;
use crate::executor::books::batch::{Batch, TaskRef};
use crate::executor::books::held::Stop;
use crate::executor::books::record::{Ending, Outcome};
use monitor::TaskEnd;
use scheduler::{Cancelled, Counts, EndState, Event, GraphId, TaskId, Ticket, TimeLimit};
use std::sync::Arc;

impl Core {
    /// An attempt is over; its record knows how already.
    pub(in crate::executor) fn finish(
        &mut self,
        ticket: Ticket,
        task: &TaskRef,
        end: EndState,
        step: &mut Step<'_>,
    ) {
        let finished = self.scheduler.finish(ticket, end, step.now);
        debug_assert!(finished.is_ok(), "an attempt reports its end once: {finished:?}");
        if let Some(steering) = self.steering_mut() {
            steering.ended(task);
        }
        self.drain(Some(task), step);
    }

    /// Cancels one task. False if it has ended or nobody knows it.
    pub(in crate::executor) fn cancel(&mut self, id: TaskId, step: &mut Step<'_>) -> bool {
        match self.scheduler.cancel(id, step.now) {
            Cancelled::Ended => self.drain(None, step),
            Cancelled::Running(ticket) => self.stop(ticket, None, step),
            Cancelled::AlreadyEnded(_) | Cancelled::Unknown => return false,
        }
        true
    }

    pub(in crate::executor) fn cancel_graph(&mut self, graph: GraphId, step: &mut Step<'_>) {
        let running = self.scheduler.cancel_graph(graph, step.now);
        running.into_iter().for_each(|ticket| self.stop(ticket, None, step));
        self.drain(None, step);
    }

    pub(in crate::executor) fn cancel_all(&mut self, step: &mut Step<'_>) {
        let running = self.scheduler.cancel_all(step.now);
        running.into_iter().for_each(|ticket| self.stop(ticket, None, step));
        self.drain(None, step);
    }

    /// Accepts nothing more and cancels everything.
    pub(in crate::executor) fn close(&mut self, step: &mut Step<'_>) {
        self.is_closed = true;
        self.room.dismiss(&mut step.after.wakers);
        self.drop_backlogs(step);
        self.cancel_all(step);
    }

    /// Asks what runs to stop, because of `limit` if that is why.
    fn stop(&self, ticket: Ticket, limit: Option<TimeLimit>, step: &mut Step<'_>) {
        let task = self.scheduler.task_of(ticket).and_then(|id| self.find(id));
        step.after.stops.extend(task.map(|task| (task, Stop::for_good(limit))));
    }

    /// Takes a task that was submitted alone, or a part that was added to a graph, out of the books
    /// when all of it has ended. Whoever asks for that holds on to the batch.
    pub(in crate::executor) fn forget(&mut self, batch: &Batch) {
        for record in batch.records() {
            let forgotten = self.scheduler.forget(record.id);
            debug_assert!(forgotten, "only ended tasks are forgotten");
            self.tasks.remove(&record.id);
        }
    }

    /// Takes a graph that has ended, and its tasks, out of the books.
    pub(in crate::executor) fn forget_graph(&mut self, graph: GraphId) -> Option<Arc<Batch>> {
        let forgotten = self.scheduler.forget_graph(graph);
        debug_assert!(forgotten, "only ended graphs are forgotten");
        self.graphs.remove(&graph)
    }

    /// Books what the scheduler reports. `finished` is the task whose attempt is over, if that is
    /// what the step is about: the only one that can end without handing its payload back.
    pub(in crate::executor) fn drain(&mut self, finished: Option<&TaskRef>, step: &mut Step<'_>) {
        while let Some(event) = self.scheduler.next_event() {
            match event {
                Event::Ended { id, end, payload, cause, limit, .. } => {
                    let why = (cause, limit);
                    let unstarted = payload.and_then(|()| self.end_unstarted(id, end, why, step));
                    if let Some(task) = unstarted.as_ref().or(finished) {
                        self.end_in_batch(&task.batch, step);
                    }
                }
                Event::GraphEnded { graph, counts } => self.end_graph(graph, counts, step),
                Event::CancelRunning { ticket } => self.stop(ticket, None, step),
                Event::DeadlinePassed { id, deadline, .. } => self.report_late(id, deadline, step),
                Event::LimitReached { ticket, limit } => self.stop(ticket, Some(limit), step),
                Event::Silent { ticket, since, limit } => {
                    self.look_for_sign(ticket, since, limit, step);
                }
            }
        }
    }

    /// A task has ended. Of a graph as it was submitted the scheduler says when that was the last.
    fn end_in_batch(&mut self, batch: &Arc<Batch>, step: &mut Step<'_>) {
        if batch.home.is_whole() || !batch.end_one() {
            return;
        }
        if batch.release.end() {
            self.forget(batch);
        }
        step.after.ended_batches.push(Arc::clone(batch));
    }

    /// A task has ended that does not run: because of a dependency, because of a limit, or because
    /// somebody asked for it.
    fn end_unstarted(
        &self,
        id: TaskId,
        end: EndState,
        why: (Option<TaskId>, Option<TimeLimit>),
        step: &mut Step<'_>,
    ) -> Option<TaskRef> {
        let task = self.find(id)?;
        let run = task.last_run();
        let (outcome, counted) = match why {
            (Some(cause), _) => {
                (Outcome::Skipped(cause, self.root_of(&task, cause)), TaskEnd::Skipped)
            }
            (None, Some(limit)) => {
                (Outcome::timed_out(&task, run.attempt(), limit), TaskEnd::TimedOut)
            }
            (None, None) => (Outcome::Cancelled, TaskEnd::Cancelled),
        };
        debug_assert_eq!(outcome.state(), end);
        step.recorder().ended(counted, None, None);
        task.end(Ending { outcome, run, finished_at: step.now });
        step.after.ended.push(task.clone());
        Some(task)
    }

    /// Where it began that `task` is skipped because of `cause`.
    fn root_of(&self, task: &TaskRef, cause: TaskId) -> Option<RootCause> {
        let cause = task.input(cause).or_else(|| self.find(cause))?;
        match &cause.ending()?.outcome {
            Outcome::Failed(error) | Outcome::TimedOut(error) => {
                Some(RootCause::new(Arc::clone(error)))
            }
            Outcome::Skipped(_, root) => root.clone(),
            outcome => cause.error(outcome).map(|error| RootCause::new(Arc::new(error))),
        }
    }

    fn end_graph(&mut self, graph: GraphId, counts: Counts, step: &mut Step<'_>) {
        let Some(batch) = self.graphs.get(&graph).cloned() else { return };
        batch.end(counts);
        if batch.release.end() {
            // The same as `batch`, which lives on in the aftermath.
            drop(self.forget_graph(graph));
        }
        step.after.ended_batches.push(batch);
    }
}
