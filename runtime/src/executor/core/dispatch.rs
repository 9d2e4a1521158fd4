//! From ready to running, as far as the scheduler and the machine allow.

use super::{Core, Step};

impl Core {
    /// Starts what may start.
    pub(super) fn dispatch(&mut self, step: &mut Step<'_>) {
        self.steer();
        while self.allows_next()
            && let Some(dispatch) = self.scheduler.dispatch(step.now)
        {
            if let Some(control) = &mut self.control {
                control.started(dispatch.payload.task.memory_bytes);
            }
            step.after.starts.push(dispatch);
        }
        self.look_again_if_held_back(step);
    }

    fn steer(&mut self) {
        let running = self.scheduler.counts().running;
        let limit = self.control.as_mut().and_then(|control| control.new_limit(running));
        if let Some(limit) = limit {
            self.scheduler.set_max_in_flight(limit);
        }
    }

    /// Whether the machine has the memory for the task that is next. Something may always run.
    fn allows_next(&self) -> bool {
        let Some(control) = &self.control else { return true };
        if self.scheduler.counts().running == 0 {
            return true;
        }
        let next = self.scheduler.peek().and_then(|id| self.find(id));
        next.is_none_or(|task| control.allows_memory(task.memory_bytes))
    }

    /// While control holds ready tasks back, and running ones may take long, a timer has to look
    /// for better times; otherwise the ends of tasks are occasion enough.
    fn look_again_if_held_back(&mut self, step: &mut Step<'_>) {
        let Some(control) = &self.control else { return };
        let counts = self.scheduler.counts();
        let limit = self.scheduler.max_in_flight();
        let by_limit = limit < self.max_in_flight && counts.running >= limit;
        if counts.ready > 0 && !self.is_looking && (by_limit || !self.allows_next()) {
            self.is_looking = true;
            step.after.look_again = Some(control.interval());
        }
    }

    /// The timer has fired.
    pub(in crate::executor) fn looked_again(&mut self) {
        self.is_looking = false;
    }
}
