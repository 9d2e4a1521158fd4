//! What time brings about.

use super::{Core, Step};
use crate::executor::ExecutorEvent;
use primitives::Timestamp;
use scheduler::TaskId;

impl Core {
    /// The alarm has rung: whatever was to be done by now is done, and what may start then starts.
    pub(in crate::executor) fn pass_time(&mut self, step: &mut Step<'_>) {
        self.alarm_at = Timestamp::MAX;
        self.look_at = self.look_at.filter(|&at| at > step.now);
        self.scheduler.pass_time(step.now);
        self.drain(None, step);
    }

    /// A running task has passed its deadline.
    pub(super) fn report_late(&self, id: TaskId, deadline: Timestamp, step: &mut Step<'_>) {
        if step.inner.audience.exists() {
            let task = self.find(id);
            step.after.events.push(ExecutorEvent::DeadlinePassed {
                id,
                name: task.as_ref().and_then(|task| task.name.clone()),
                graph: task.and_then(|task| task.batch.home.graph()),
                deadline: step.inner.instant(deadline),
            });
        }
    }

    /// Has the alarm set for what comes next, unless it rings before that anyway.
    pub(super) fn set_alarm(&mut self, step: &mut Step<'_>) {
        let wakes = self.scheduler.next_wake().into_iter().chain(self.look_at);
        let next = wakes.min().unwrap_or(Timestamp::MAX);
        if next < self.alarm_at {
            self.alarm_at = next;
            step.after.alarm = Some(next);
        }
    }
}
