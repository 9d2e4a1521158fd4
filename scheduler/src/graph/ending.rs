//! The way out: a task ends, and others follow.

use super::record::{NO_JOB, NO_NODE, Record};
use super::shape::directory::{Entry, Place};
use super::state::Phase;
use super::{
    Cancelled, EndState, Event, FailurePolicy, GraphId, Policy, TaskId, TaskScheduler, Ticket,
    TimeLimit,
};
use crate::error::SchedulerError;
use primitives::Timestamp;
use std::collections::VecDeque;

/// How a task ends, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fate {
    end: EndState,
    /// The dependency because of which it is skipped.
    cause: Option<TaskId>,
    /// The limit that it ran into without running.
    limit: Option<TimeLimit>,
    /// Those that depend on it need not wait for it, however it ends.
    waives: bool,
}

impl Fate {
    pub(super) fn of(end: EndState) -> Self {
        Self { end, cause: None, limit: None, waives: false }
    }

    pub(super) fn waived(end: EndState) -> Self {
        Self { waives: true, ..Self::of(end) }
    }

    pub(super) fn skipped(cause: TaskId) -> Self {
        Self { cause: Some(cause), ..Self::of(EndState::Skipped) }
    }

    pub(super) fn timed_out(limit: TimeLimit) -> Self {
        Self { limit: Some(limit), ..Self::of(EndState::TimedOut) }
    }
}

/// Tasks that have been cut off from their dependencies because one of them (the second part)
/// ended as they do not put up with.
type Doomed = VecDeque<(u32, TaskId)>;

impl<P> TaskScheduler<P> {
    /// Ends a running attempt.
    ///
    /// Its successors have one dependency less and become ready with the last one, in the order in
    /// which they were submitted, or as their [`TriggerRule`](crate::TriggerRule)s say:
    /// O(successors), and O(log c) for each that becomes ready, for c different urgencies. Those
    /// that can never run now are skipped, with everything that depends on them as long as that
    /// does not put up with it: O(tasks that end), each once in its life.
    ///
    /// An attempt that went wrong may first be offered to [`retry`](Self::retry).
    ///
    /// # Errors
    ///
    /// [`SchedulerError::StaleTicket`] if the attempt has been finished before. Nothing changes.
    pub fn finish(
        &mut self,
        ticket: Ticket,
        end: EndState,
        now: Timestamp,
    ) -> Result<(), SchedulerError> {
        if !self.graph.is_running(ticket) {
            return Err(SchedulerError::StaleTicket { ticket });
        }
        self.give_back(ticket.index);
        self.end(ticket.index, Fate::of(end), now);
        Ok(())
    }

    /// Cancels one task. What depends on it is skipped, at once or when the attempt is finished, if
    /// it does not put up with that.
    ///
    /// A running attempt is left to the driver, who may be told the same ticket more than once. It
    /// is the last one, whatever becomes of it.
    pub fn cancel(&mut self, id: TaskId, now: Timestamp) -> Cancelled {
        match self.place(id) {
            None => Cancelled::Unknown,
            Some(Place::Ended(end)) => Cancelled::AlreadyEnded(end),
            Some(Place::Live(slot)) if self.graph[slot].phase == Phase::Running => {
                Cancelled::Running(self.ask_to_stop(slot))
            }
            Some(Place::Live(slot)) => {
                self.end(slot, Fate::of(EndState::Cancelled), now);
                Cancelled::Ended
            }
        }
    }

    /// Cancels every task of a graph: those that have not started end now, as cancelled. Returns
    /// the running attempts, for the driver to stop and finish. A graph that has been forgotten
    /// has none.
    #[must_use = "running attempts go on unless the driver stops them"]
    pub fn cancel_graph(&mut self, graph: GraphId, now: Timestamp) -> Vec<Ticket> {
        if self.job(graph).is_none() {
            return Vec::new();
        }
        self.graph.jobs[graph.index].is_stopping = true;
        // The deepest level first, so that no level opens for tasks that are about to end.
        let slots = self.graph.jobs[graph.index].deepest_first();
        self.end_all(slots, Fate::of(EndState::Cancelled), now)
    }

    /// Cancels every task there is, like [`cancel_graph`](Self::cancel_graph).
    #[must_use = "running attempts go on unless the driver stops them"]
    pub fn cancel_all(&mut self, now: Timestamp) -> Vec<Ticket> {
        let jobs: Vec<u32> = self.graph.jobs.indices().collect();
        for job in jobs {
            self.graph.jobs[job].is_stopping = true;
        }
        let slots = self.graph.slots().collect();
        self.end_all(slots, Fate::of(EndState::Cancelled), now)
    }

    /// Ends a task, and whatever follows from that.
    pub(super) fn end(&mut self, slot: u32, fate: Fate, now: Timestamp) {
        let job = self.graph[slot].job;
        let mut doomed = Doomed::new();
        self.retire(slot, fate, now, &mut doomed);
        self.skip(doomed, now);
        let fails_fast = fate.end.is_failure()
            && job != NO_JOB
            && self.graph.jobs[job].failure == FailurePolicy::FailFast
            && !self.graph.jobs[job].is_stopping;
        if fails_fast {
            let running = self.stop_job(job, Fate::of(EndState::Cancelled), now);
            self.events.extend(running.into_iter().map(|ticket| Event::CancelRunning { ticket }));
        }
    }

    /// Ends what has not started of a graph, but for the tasks that are there for when something
    /// goes wrong, and returns the running attempts among the others.
    pub(super) fn stop_job(&mut self, job: u32, fate: Fate, now: Timestamp) -> Vec<Ticket> {
        self.graph.jobs[job].is_stopping = true;
        let mut slots = self.graph.jobs[job].deepest_first();
        slots.retain(|&slot| !self.graph[slot].trigger.outlives_failure());
        self.end_all(slots, fate, now)
    }

    /// From now on the attempt that runs in `slot` is the last one.
    pub(super) fn ask_to_stop(&mut self, slot: u32) -> Ticket {
        self.graph[slot].must_stop = true;
        self.graph.ticket(slot)
    }

    /// Ends those of `slots` that do not run, and returns the tickets of the others.
    fn end_all(&mut self, slots: Vec<u32>, fate: Fate, now: Timestamp) -> Vec<Ticket> {
        let is_running = |slot: &u32| self.graph[*slot].phase == Phase::Running;
        let (running, pending): (Vec<u32>, Vec<u32>) = slots.into_iter().partition(is_running);
        // Cut all of them off first: none is to be skipped because of another one.
        for &slot in &pending {
            self.graph.detach(slot);
        }
        for slot in pending {
            let mut doomed = Doomed::new();
            self.retire(slot, fate, now, &mut doomed);
            self.skip(doomed, now);
        }
        running.into_iter().map(|slot| self.ask_to_stop(slot)).collect()
    }

    /// Skips tasks, and what depends on them. A loop, because a chain may be a million long.
    fn skip(&mut self, mut doomed: Doomed, now: Timestamp) {
        while let Some((slot, cause)) = doomed.pop_front() {
            self.retire(slot, Fate::skipped(cause), now, &mut doomed);
        }
    }

    /// Takes one task out: its record becomes an entry in the directory and an event.
    fn retire(&mut self, slot: u32, fate: Fate, now: Timestamp, doomed: &mut Doomed) {
        let Fate { end, cause, limit, waives } = fate;
        let mut successors = std::mem::take(&mut self.scratch);
        self.graph.release_successors(slot, &mut successors);
        self.graph.detach(slot);
        let &Record { id, job, node, phase, class, .. } = &self.graph[slot];
        if phase == Phase::Ready {
            self.leave_queue(slot);
        }
        let graph = (job != NO_JOB).then(|| self.graph_id(job));
        if job != NO_JOB && self.config.policy == Policy::Demote {
            let estimate = self.graph.profile(slot).estimate;
            let left = &mut self.graph.jobs[job].work;
            *left = left.saturating_sub(estimate);
        }
        let payload = self.graph.cargo.take(slot);
        drop(self.graph.cargo.take_label(slot));
        self.vigils.end(slot);
        self.misses.forget(slot);
        self.graph.remove(slot);
        self.holds.forget(id);
        self.turnstile.forget(slot);
        if node != NO_NODE {
            self.graph.jobs[job].end(node, end);
        } else {
            self.directory.put_alone(id, Place::Ended(end));
            if job != NO_JOB {
                self.graph.jobs[job].grown.remove(&slot);
            }
        }
        self.counts.end(phase, end);
        self.events.push_back(Event::Ended { id, graph, end, payload, cause, limit });
        for successor in successors.drain(..) {
            // Cut off by this one's end, which may reach it by several edges.
            if self.graph[successor].is_detached {
                continue;
            }
            if let Some(cause) = self.note_end(successor, (id, end), waives, now) {
                // Cut off now, so that no other dependency reaches it again.
                self.graph.detach(successor);
                doomed.push_back((successor, cause));
            }
        }
        self.scratch = successors;
        if let Some(graph) = graph {
            self.end_in_job(graph, class, phase, end, now);
        }
    }

    /// An attempt gives back what it has occupied.
    pub(super) fn give_back(&mut self, slot: u32) {
        let demand = self.graph.profile(slot).demand;
        self.turnstile.release(slot, demand);
    }

    /// A ready task is not ready any more.
    pub(super) fn leave_queue(&mut self, slot: u32) {
        self.aged.leave(self.graph[slot].sequence);
        self.unqueue(slot);
    }

    fn end_in_job(
        &mut self,
        graph: GraphId,
        class: u32,
        phase: Phase,
        end: EndState,
        now: Timestamp,
    ) {
        let job = &mut self.graph.jobs[graph.index];
        job.counts.end(phase, end);
        if job.has_ended() {
            let counts = job.counts;
            job.shrink();
            self.events.push_back(Event::GraphEnded { graph, counts });
        } else if self.config.policy.has_barrier() {
            for slot in job.end_on(class) {
                self.make_ready_if_free(slot, now);
            }
        }
    }

    /// Where a task is that somebody may still ask about.
    pub(super) fn place(&self, id: TaskId) -> Option<Place> {
        Some(match self.directory.get(id)? {
            Entry::Alone(place) => place,
            Entry::Member { job, node } => self.graph.jobs[job].place(node),
        })
    }
}
