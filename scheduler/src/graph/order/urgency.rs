//! What time does to the order of ready tasks.

use super::due::{has_passed, is_deadline};
use super::shifts::Queued;
use super::stage;
use crate::graph::record::{NO_JOB, NO_LINKS, NO_NODE, Record, nanos};
use crate::graph::state::Phase;
use crate::graph::{GraphId, Policy, TaskId, TaskScheduler};
use primitives::Timestamp;
use std::time::Duration;

/// If more than one in so many of the ready tasks get other ranks, all are sorted again.
const SORTED_SHARE: usize = 8;

impl<P> TaskScheduler<P> {
    /// Computes the ranks of a graph again, from what is known now about how long its tasks take:
    /// `estimate` says it of the task at each position, `added` of those that were added while it
    /// ran, where `None` leaves it at what was said before. False if the graph has been forgotten.
    /// O(tasks + edges), and O(log n) for each ready task.
    ///
    /// For estimates that have moved, as [`History::observe`](crate::History::observe) tells; not
    /// for every run time. Effective deadlines stay what they were at the submission, and what
    /// tasks outside the graph lend to a task is not taken back.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    /// use std::time::Duration;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let tasks = [1, 2].map(|id| TaskSpec::new(TaskId::new(id), ())).to_vec();
    /// let graph = scheduler.submit_graph(tasks, Default::default(), Timestamp::ZERO)?;
    /// assert_eq!(scheduler.peek(), Some(TaskId::new(1)));
    ///
    /// scheduler.reestimate(graph, |position| Duration::from_secs(position as u64), |_| None);
    /// assert_eq!(scheduler.peek(), Some(TaskId::new(2)), "it takes longer");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reestimate(
        &mut self,
        graph: GraphId,
        estimate: impl Fn(usize) -> Duration,
        added: impl Fn(TaskId) -> Option<Duration>,
    ) -> bool {
        let Some(job) = self.job(graph) else { return false };
        let ranks = if job.grown.is_empty() {
            let lent = |slot: u32| {
                let record = &self.graph[slot];
                if record.links == NO_LINKS { 0 } else { record.rank }
            };
            job.ranks(|node| nanos(estimate(node)), lent)
        } else {
            self.regrown_ranks(graph.index, |slot| match self.graph[slot].node {
                NO_NODE => {
                    added(self.graph[slot].id).map_or(self.graph.profile(slot).estimate, nanos)
                }
                node => nanos(estimate(node as usize)),
            })
        };
        self.set_ranks(ranks);
        true
    }

    /// Gives tasks other ranks, and those that are ready their places. Taking out and putting back
    /// costs more than sorting as soon as it is a good part of the queue.
    fn set_ranks(&mut self, ranks: Vec<(u32, u64)>) {
        let is_ready = |&(slot, _): &(u32, u64)| self.graph[slot].phase == Phase::Ready;
        let ready = ranks.iter().filter(|it| is_ready(it)).count();
        let sorts_all = ready * SORTED_SHARE > self.counts.ready;
        for (slot, rank) in ranks {
            let moves = !sorts_all && self.graph[slot].phase == Phase::Ready;
            if moves {
                self.unqueue(slot);
            }
            self.graph[slot].rank = rank;
            if moves {
                self.queue(slot);
            }
        }
        if sorts_all {
            let (graph, policy) = (&self.graph, self.config.policy);
            self.turnstile.sort_again(|slot| policy.key(&graph[slot]));
        }
    }

    /// Puts the tasks whose urgency time has changed where they belong. O(log n) for each.
    pub(in crate::graph) fn let_time_pass(&mut self, now: Timestamp) {
        while let Some(task) = self.shifts.pop(now) {
            if self.is_queued(task) {
                let slot = task.0;
                self.unqueue(slot);
                self.enter(slot, now);
            }
        }
        if self.config.policy == Policy::Demote {
            self.give_up_hopeless(now);
        }
    }

    /// Puts a task into the queue, at its place at `now`.
    pub(in crate::graph) fn enter(&mut self, slot: u32, now: Timestamp) {
        if self.config.policy == Policy::StaticBoost && self.graph[slot].stage != stage::FRONT {
            self.boost(slot, now);
        }
        self.queue(slot);
    }

    /// Tasks in the queue have other deadlines than before.
    pub(in crate::graph) fn look_again(&mut self, slots: &[u32]) {
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
        while let Some(slot) = self.turnstile.head() {
            if !self.give_up_if_hopeless(slot, now) {
                break;
            }
        }
    }

    /// Moves a task behind all others if it is hopeless. True if it did.
    pub(in crate::graph) fn give_up_if_hopeless(&mut self, slot: u32, now: Timestamp) -> bool {
        let is_hopeless = self.config.policy == Policy::Demote
            && self.graph[slot].stage == stage::USUAL
            && self.is_hopeless(slot, now);
        if is_hopeless {
            self.unqueue(slot);
            self.graph[slot].stage = stage::GIVEN_UP;
            self.queue(slot);
        }
        is_hopeless
    }

    /// Whether the task, or its graph, will be late even if it starts now. Under `Demote`.
    fn is_hopeless(&mut self, slot: u32, now: Timestamp) -> bool {
        let &Record { job, rank, due, .. } = &self.graph[slot];
        if job != NO_JOB && is_deadline(self.graph.jobs[job].deadline) {
            let slots = self.turnstile.admission.limit() as u64;
            let job = &mut self.graph.jobs[job];
            let left = Duration::from_nanos(rank.max(job.work / slots));
            job.is_given_up |= job.deadline < now + left;
            return job.is_given_up;
        }
        has_passed(due, now)
    }
}
