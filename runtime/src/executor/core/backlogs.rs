//! Adding what waited for room.

use super::{Core, Step};
use crate::executor::ExecutorError;
use crate::executor::books::batch::Batch;
use crate::executor::books::tasks::Tasks;
use crate::executor::graphs::backlog::Backlog;
use scheduler::{SchedulerError, TaskId};
use std::sync::Arc;

/// How many steps of backlogs one stay under the lock takes at most. What was added leads to the
/// next stay.
const STEPS_MAX: usize = 64;

impl Core {
    /// Takes on a backlog. Its target must not have started.
    pub(in crate::executor) fn take_on(&mut self, backlog: Backlog) -> Result<(), ExecutorError> {
        if backlog.additions.places() > 0 {
            let held = self.scheduler.hold(backlog.target);
            held.map_err(|error| self.refusal(error))?;
            self.queue_up(backlog);
        }
        Ok(())
    }

    fn queue_up(&mut self, backlog: Backlog) {
        let key = self.room.enter_backlog(backlog.additions.places());
        self.backlogs.insert(key, backlog);
    }

    /// Adds what there is room for, in turns with the submitters, and starts what may start.
    pub(super) fn work_off_backlogs(&mut self, may_dispatch: bool, step: &mut Step<'_>) {
        for _ in 0..STEPS_MAX {
            let free = self.free();
            self.room.grant(free, &mut step.after.wakers);
            let Some(key) = self.room.next_backlog(free) else { return };
            if let Some(backlog) = self.backlogs.remove(&key) {
                self.add_next(backlog, step);
            }
            if may_dispatch {
                self.dispatch(step);
            }
        }
    }

    fn add_next(&mut self, mut backlog: Backlog, step: &mut Step<'_>) {
        let next = backlog.additions.next();
        let added = next.map_or(Ok(()), |tasks| self.add_step(&backlog, tasks, step));
        if added.is_ok() && backlog.additions.places() > 0 {
            return self.queue_up(backlog);
        }
        if let Err(error) = added {
            backlog.additions.refuse(error);
        }
        self.scheduler.release(backlog.target, step.now);
        step.after.backlogs.push(backlog);
        self.drain(None, step);
    }

    fn add_step(
        &mut self,
        backlog: &Backlog,
        tasks: Tasks,
        step: &mut Step<'_>,
    ) -> Result<(), ExecutorError> {
        let batch = Batch::new(tasks, backlog.home.clone(), step.now);
        let plan = step.inner.plan(batch.tasks());
        let added = self.insert_part(plan, &batch, step);
        if added.is_ok() {
            self.lead_to(backlog.target, &batch, backlog.is_loop, step);
        } else {
            // Its tasks have been refused, and are the user's to drop.
            step.after.forgotten.push(batch);
        }
        added
    }

    /// Adds a generation of a loop at once, if there is room.
    pub(in crate::executor) fn accept_generation(
        &mut self,
        plan: Result<scheduler::GraphPlan, SchedulerError>,
        batch: &Arc<Batch>,
        target: TaskId,
        step: &mut Step<'_>,
    ) -> Result<(), ExecutorError> {
        self.check_room(batch.records().len(), false)?;
        self.insert_part(plan, batch, step)?;
        self.lead_to(target, batch, true, step);
        Ok(())
    }

    /// Makes `target` wait for the last task of a batch that has just been added, and lets go of
    /// the batch as soon as it has ended.
    fn lead_to(&mut self, target: TaskId, batch: &Arc<Batch>, is_loop: bool, step: &mut Step<'_>) {
        if let Some(last) = batch.records().last() {
            // The target may have been cancelled or removed; then nobody waits.
            let connected = self.scheduler.connect(last.id, target, step.now);
            debug_assert!(connected.as_ref().err().is_none_or(SchedulerError::is_too_late));
        }
        if is_loop {
            self.keep_generation(target, batch, step);
        } else {
            self.keep_part(batch);
        }
        if batch.release.let_go() {
            self.forget(batch);
        }
        self.drain(None, step);
    }

    /// Nothing more is added.
    pub(super) fn drop_backlogs(&mut self, step: &mut Step<'_>) {
        step.after.backlogs.extend(std::mem::take(&mut self.backlogs).into_values());
    }
}
