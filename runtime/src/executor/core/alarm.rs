//! What time brings about.

use super::{Core, Step};
use primitives::Timestamp;

impl Core {
    /// The alarm has rung: whatever was to be done by now is done, and what may start then starts.
    pub(in crate::executor) fn pass_time(&mut self, step: &mut Step<'_>) {
        self.alarm_at = Timestamp::MAX;
        self.look_at = self.look_at.filter(|&at| at > step.now);
        self.scheduler.pass_time(step.now);
        self.drain(None, step);
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
