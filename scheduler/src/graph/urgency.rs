//! What time does to the order of ready tasks.

use super::due::is_deadline;
use super::record::{NO_JOB, Record};
use super::shifts::Queued;
use super::stage;
use super::state::Phase;
use super::{Policy, TaskScheduler};
use primitives::Timestamp;
use std::time::Duration;

impl<P> TaskScheduler<P> {
    /// Puts the tasks whose urgency time has changed where they belong. O(log n) for each.
    pub(super) fn let_time_pass(&mut self, now: Timestamp) {
        while let Some(task) = self.shifts.pop(now) {
            if self.is_queued(task) {
                let slot = task.0;
                self.ready.remove(self.config.policy.key(&self.graph[slot]));
                self.enter(slot, now);
            }
        }
        if self.config.policy == Policy::Demote {
            self.give_up_hopeless(now);
        }
    }

    /// Puts a task into the queue, at its place at `now`.
    pub(super) fn enter(&mut self, slot: u32, now: Timestamp) {
        let policy = self.config.policy;
        if policy == Policy::StaticBoost {
            self.boost(slot, now);
        }
        self.ready.push(slot, policy.key(&self.graph[slot]));
    }

    /// Tasks in the queue have other deadlines than before.
    pub(super) fn look_again(&mut self, slots: &[u32]) {
        if self.config.policy == Policy::StaticBoost {
            for &slot in slots {
                self.shift(slot, Timestamp::ZERO);
            }
        }
    }

    fn boost(&mut self, slot: u32, now: Timestamp) {
        let (stage, next) = stage::of(self.graph[slot].due, now);
        self.graph[slot].stage = stage;
        if let Some(next) = next {
            self.shift(slot, next);
        }
    }

    fn shift(&mut self, slot: u32, time: Timestamp) {
        let mut shifts = std::mem::take(&mut self.shifts);
        let task = (slot, self.graph[slot].sequence);
        shifts.add(time, task, self.counts.ready, |task| self.is_queued(task));
        self.shifts = shifts;
    }

    fn is_queued(&self, (slot, sequence): Queued) -> bool {
        self.graph.contains(slot)
            && self.graph[slot].phase == Phase::Ready
            && self.graph[slot].sequence == sequence
    }

    /// Moves whatever is hopeless away from the head of the queue. Each task moves once.
    fn give_up_hopeless(&mut self, now: Timestamp) {
        while let Some(slot) = self.ready.peek() {
            if self.graph[slot].stage == stage::GIVEN_UP || !self.is_hopeless(slot, now) {
                break;
            }
            self.ready.pop();
            self.graph[slot].stage = stage::GIVEN_UP;
            self.ready.push(slot, self.config.policy.key(&self.graph[slot]));
        }
    }

    /// Whether the task, or its graph, will be late even if it starts now.
    fn is_hopeless(&mut self, slot: u32, now: Timestamp) -> bool {
        let &Record { job, rank, due, .. } = &self.graph[slot];
        if job != NO_JOB && is_deadline(self.graph.jobs[job].deadline) {
            let slots = self.admission.limit() as u64;
            let job = &mut self.graph.jobs[job];
            let left = Duration::from_nanos(rank.max(job.work / slots));
            job.is_given_up |= job.deadline < now + left;
            return job.is_given_up;
        }
        let estimate = Duration::from_nanos(self.graph.profile(slot).estimate);
        is_deadline(due) && due < now + estimate
    }
}
