//! Coming to an end without losing anything.

use crate::graph::agenda::Matter;
use crate::graph::record::NO_NODE;
use crate::graph::state::Phase;
use crate::graph::{Event, GraphId, TaskId, TaskScheduler, Ticket};
use primitives::Timestamp;
use std::collections::{HashMap, VecDeque};

/// A task that has been accepted and has not started, or waits to be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remaining {
    /// The task.
    pub id: TaskId,
    /// The graph it belongs to.
    pub graph: Option<GraphId>,
    /// Its position in that graph; `None` if it was submitted alone, or added to the running graph.
    pub node: Option<usize>,
    /// What it still waits for, sorted by id; also what was added later. Dependencies of its own
    /// that are not in here have completed, or have been removed.
    pub waits_for: Vec<TaskId>,
}

impl<P> TaskScheduler<P> {
    /// Starts nothing from now on, and accepts no new task and no new graph; for good. What runs
    /// may go on until `deadline`; then [`pass_time`](Self::pass_time) says by
    /// [`Event::CancelRunning`] which attempts are to stop. A drain that has begun can be given an
    /// earlier deadline. O(1).
    ///
    /// Running graphs still [grow](Self::submit_into), so that what a task adds before it ends is
    /// not lost but [remains](Self::remaining).
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{EndState, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// let now = Timestamp::ZERO;
    /// let (runs, waits) = (TaskId::new(1), TaskId::new(2));
    /// scheduler.submit(TaskSpec::new(runs, ()), now)?;
    /// scheduler.submit(TaskSpec::new(waits, ()).after(runs), now)?;
    /// let running = scheduler.dispatch(now).expect("it is ready");
    ///
    /// scheduler.drain(Some(Timestamp::from_nanos(9)));
    /// assert!(scheduler.submit(TaskSpec::new(TaskId::new(3), ()), now).is_err());
    /// scheduler.finish(running.ticket, EndState::Completed, now)?;
    /// assert!(scheduler.dispatch(now).is_none());
    ///
    /// let remaining = scheduler.remaining();
    /// assert_eq!((remaining[0].id, remaining[0].waits_for.len()), (waits, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn drain(&mut self, deadline: Option<Timestamp>) {
        self.gate.drain();
        if let Some(deadline) = deadline {
            self.remember(deadline, Matter::Drain);
        }
    }

    /// Takes back a task that was dispatched and whose attempt has not begun and will not: it is
    /// ready again, at its place in the order, and that was no attempt. Its ticket is used up.
    /// O(log n).
    ///
    /// # Errors
    ///
    /// The payload comes back, and nothing has changed, if the ticket has been used before or the
    /// attempt was to stop; that one is to be [finished](Self::finish).
    pub fn take_back(&mut self, ticket: Ticket, payload: P, now: Timestamp) -> Result<(), P> {
        if !self.graph.is_running(ticket) || self.graph[ticket.index].must_stop {
            return Err(payload);
        }
        let slot = ticket.index;
        self.turnstile.refund(slot, now);
        self.give_back(slot);
        self.graph.cargo.put_back(slot, payload);
        let renewed = self.graph.renew(slot);
        self.graph[slot].attempts -= 1;
        if self.graph[slot].attempts == 0 {
            self.vigils.end(slot);
        } else {
            self.keep_total_timeout(renewed);
        }
        self.step(slot, Phase::Ready);
        self.enter(slot, now);
        Ok(())
    }

    /// Everything that has not started or waits to be tried again, each task after those of the
    /// list that it waits for, ready ones in the order in which they became ready: an order in
    /// which all of it can be submitted again. O(t log t + edges), for t tasks that have not ended.
    ///
    /// Nothing changes. To end these tasks, [cancel](Self::cancel_all) them: their payloads come
    /// back by events.
    pub fn remaining(&self) -> Vec<Remaining> {
        let mut unmet: HashMap<u32, u32> = HashMap::new();
        let mut free: Vec<u32> = Vec::new();
        for slot in self.graph.slots().filter(|&slot| self.has_not_started(slot)) {
            let waits_for = self.graph.predecessors(slot);
            match waits_for.filter(|&other| self.has_not_started(other)).count() as u32 {
                0 => free.push(slot),
                waits_for => drop(unmet.insert(slot, waits_for)),
            }
        }
        let became_ready = |&slot: &u32| {
            let record = &self.graph[slot];
            (record.phase != Phase::Ready, record.sequence, record.id)
        };
        free.sort_unstable_by_key(became_ready);
        let mut remaining = Vec::with_capacity(free.len() + unmet.len());
        let mut free = VecDeque::from(free);
        while let Some(slot) = free.pop_front() {
            remaining.push(self.remains(slot));
            for successor in self.graph.successors(slot) {
                if let Some(left) = unmet.get_mut(&successor) {
                    *left -= 1;
                    if *left == 0 {
                        free.push_back(successor);
                    }
                }
            }
        }
        remaining
    }

    fn has_not_started(&self, slot: u32) -> bool {
        self.graph[slot].phase != Phase::Running
    }

    fn remains(&self, slot: u32) -> Remaining {
        let record = &self.graph[slot];
        let waits_for = self.graph.predecessors(slot).map(|other| self.graph[other].id);
        let mut waits_for: Vec<TaskId> = waits_for.collect();
        waits_for.sort_unstable();
        waits_for.dedup();
        Remaining {
            id: record.id,
            graph: self.graph_of(slot),
            node: (record.node != NO_NODE).then_some(record.node as usize),
            waits_for,
        }
    }

    /// The time that a drain gives to what runs is over.
    pub(in crate::graph) fn stop_running(&mut self) {
        let is_running = |slot: &u32| self.graph[*slot].phase == Phase::Running;
        let running: Vec<u32> = self.graph.slots().filter(is_running).collect();
        for slot in running {
            let ticket = self.ask_to_stop(slot);
            self.events.push_back(Event::CancelRunning { ticket });
        }
    }
}
