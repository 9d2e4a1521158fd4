//! From ready to running, as far as the scheduler and the machine allow.

use super::{Core, Seat, Step};
use crate::executor::batch::TaskRef;
use crate::executor::start::Start;
use crate::executor::watch::Progress;
use scheduler::Dispatch;
use std::hint::black_box;
use std::time::Duration;

/// How many tasks a runner starts ahead at most.
const STARTS_MAX: usize = 32;

impl Core {
    /// Starts what may start, and has its memory on the way while the runners are busy.
    pub(super) fn dispatch(&mut self, step: &mut Step<'_>) {
        self.steer();
        let (first, most) = (self.started.len(), self.starts_max(step));
        while self.started.len() < most
            && self.allows_next()
            && let Some(dispatch) = self.scheduler.dispatch(step.now)
            && let Some(task) = self.dispatched(&dispatch)
        {
            if let Some(control) = &mut self.control {
                control.started(task.memory_bytes());
            }
            self.started.push_back(Start::new(task, &dispatch));
        }
        let new = self.started.range(first..);
        black_box(new.clone().filter(|start| start.task.touch()).count());
        black_box(self.scheduler.touch(new.map(|start| start.ticket)));
        self.look_again_if_held_back(step);
    }

    /// How many may have been started and wait for a runner. A runner starts no more than it and
    /// the others will soon come to, so that what becomes ready meanwhile is not far behind.
    fn starts_max(&self, step: &Step<'_>) -> usize {
        if step.runner.is_some() { STARTS_MAX } else { usize::MAX }
    }

    fn dispatched(&self, dispatch: &Dispatch<()>) -> Option<TaskRef> {
        match dispatch.graph {
            Some(graph) => self.graphs.get(&graph).map(|batch| batch.task(dispatch.node)),
            None => self.tasks.get(&dispatch.id).map(|batch| batch.task(0)),
        }
    }

    /// Gives the started attempts runners: first the one whose step it is, then, if others may
    /// start, new ones.
    pub(super) fn man(&mut self, may_start: bool, step: &mut Step<'_>) {
        if let Some(seat) = step.runner {
            step.after.next = self.seat(seat);
        }
        if !may_start {
            return;
        }
        while !self.started.is_empty() && self.crew.join() {
            step.after.starts.extend(self.started.pop_front());
        }
        if !self.started.is_empty() && self.crew.is_short_handed() && !self.is_watched {
            self.is_watched = true;
            step.after.watch = true;
        }
    }

    /// What the runner whose attempt has ended goes on with; if nothing, it has left the crew.
    fn seat(&mut self, seat: Seat) -> Option<Start> {
        self.crew.ended += 1;
        self.crew.last_worker = seat.worker;
        let goes_on = seat.takes_next && !self.started.is_empty();
        let stays = match (seat.is_counted, goes_on) {
            (true, true) => self.crew.stay(),
            (true, false) => {
                self.crew.leave();
                false
            }
            (false, true) => self.crew.join(),
            (false, false) => false,
        };
        if stays { self.started.pop_front() } else { None }
    }

    /// An attempt has held its worker for so long.
    pub(in crate::executor) fn observe(&mut self, held: Duration) {
        self.crew.observe(held);
    }

    /// The attempt of a runner has to wait, and others may use the worker.
    pub(in crate::executor) fn leave_crew(&mut self) {
        self.crew.leave();
    }

    /// Calls all workers if no attempt has ended since there were `seen`. `None` if nobody needs
    /// looking after any more.
    pub(in crate::executor) fn look_after_runners(
        &mut self,
        seen: Option<u64>,
    ) -> Option<Progress> {
        if self.started.is_empty() || !self.crew.is_short_handed() {
            self.is_watched = false;
            return None;
        }
        if seen == Some(self.crew.ended) {
            self.crew.forget_mean();
        }
        Some(Progress { ended: self.crew.ended, worker: self.crew.last_worker })
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
        next.is_none_or(|task| control.allows_memory(task.memory_bytes()))
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
