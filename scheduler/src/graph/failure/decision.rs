//! What the ends of dependencies mean to a task.

use super::trigger::Verdict;
use crate::graph::{EndState, TaskId, TaskScheduler};
use primitives::Timestamp;
use std::collections::HashMap;

/// Of tasks that wait for any one of their dependencies, the last that was not what they wait for.
/// By slot.
#[derive(Debug, Default)]
pub(crate) struct Misses(HashMap<u32, TaskId>);

impl Misses {
    fn last(&self, slot: u32) -> Option<TaskId> {
        if self.0.is_empty() { None } else { self.0.get(&slot).copied() }
    }

    /// The task in `slot` does not wait any more.
    pub(crate) fn forget(&mut self, slot: u32) {
        if !self.0.is_empty() {
            self.0.remove(&slot);
        }
    }
}

impl<P> TaskScheduler<P> {
    /// A dependency of the task in `slot`, which waits, has ended, or is none any more if it
    /// `waives`. If the task will never run now, returns because of which dependency.
    #[inline]
    pub(in crate::graph) fn note_end(
        &mut self,
        slot: u32,
        (id, end): (TaskId, EndState),
        waives: bool,
        now: Timestamp,
    ) -> Option<TaskId> {
        let verdict = if waives { Verdict::Count } else { self.graph[slot].trigger.judge(end) };
        match verdict {
            Verdict::Count => {}
            Verdict::Miss => drop(self.misses.0.insert(slot, id)),
            Verdict::Skip => return Some(id),
            Verdict::Start => {
                self.trigger(slot);
                self.make_ready_if_free(slot, now);
                return None;
            }
        }
        self.wait_for_one_less(slot, now)
    }

    /// The task in `slot` waits for one thing less. If it will never run now, returns because of
    /// which dependency.
    pub(in crate::graph) fn wait_for_one_less(
        &mut self,
        slot: u32,
        now: Timestamp,
    ) -> Option<TaskId> {
        let record = &mut self.graph[slot];
        if record.unmet > 1 {
            record.unmet -= 1;
            return None;
        }
        if let Some(cause) = self.misses.last(slot) {
            // It keeps what it waits for, so that nobody takes it for free.
            return Some(cause);
        }
        record.unmet -= 1;
        self.make_ready_if_free(slot, now);
        None
    }

    /// What dependencies mean to a task that had ended before they became that. If it will never
    /// run, returns because of which of them.
    pub(in crate::graph) fn note_ended(
        &mut self,
        slot: u32,
        ended: &[(TaskId, EndState)],
    ) -> Option<TaskId> {
        if self.graph[slot].is_triggered {
            return None;
        }
        let rule = self.graph[slot].trigger;
        // Whoever lets it start goes before those that do not.
        if ended.iter().any(|&(_, end)| rule.judge(end) == Verdict::Start) {
            self.trigger(slot);
            return None;
        }
        for &(id, end) in ended {
            match rule.judge(end) {
                Verdict::Count | Verdict::Start => {}
                Verdict::Miss => drop(self.misses.0.insert(slot, id)),
                Verdict::Skip => return Some(id),
            }
        }
        let is_last = self.graph[slot].unmet == 0;
        self.misses.last(slot).filter(|_| is_last)
    }

    /// The task in `slot` waits for no dependency any more, only for whoever holds it.
    fn trigger(&mut self, slot: u32) {
        self.misses.forget(slot);
        self.graph.detach(slot);
        let holds = self.holds.on(self.graph[slot].id);
        let record = &mut self.graph[slot];
        (record.is_triggered, record.unmet) = (true, holds);
    }
}
