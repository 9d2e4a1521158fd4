//! Attempts that fall silent, and what runs out of time.

use super::{Core, Step};
use crate::executor::books::held::Stop;
use primitives::Timestamp;
use scheduler::{EndState, Ticket, TimeLimit};

impl Core {
    /// Has a task tried again whose attempt ended like that. False if it is not to be; then the
    /// attempt is still to be finished.
    pub(in crate::executor) fn retry(
        &mut self,
        ticket: Ticket,
        end: EndState,
        now: Timestamp,
    ) -> bool {
        self.scheduler.retry(ticket, end, (), now).is_ok()
    }

    /// The scheduler knows of no sign of life from an attempt after `since`. If there was none it
    /// is stopped; it may be followed by another.
    pub(super) fn look_for_sign(
        &mut self,
        ticket: Ticket,
        since: Timestamp,
        limit: TimeLimit,
        step: &mut Step<'_>,
    ) {
        let Some(task) = self.scheduler.task_of(ticket).and_then(|id| self.find(id)) else {
            return;
        };
        // One that no worker has begun cannot have given any.
        let last = task.sign().map_or(step.now, |sign| sign.last());
        if last > since {
            self.scheduler.heartbeat(ticket, last);
            return;
        }
        let attempt = task.last_run().attempt() + 1;
        step.after.stops.push((task, Stop::of_attempt(attempt, limit)));
    }
}
