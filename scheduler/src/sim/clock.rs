//! The loop that moves virtual time.

use super::{Schedule, SimGraph, Span};
use crate::error::SchedulerError;
use crate::graph::{EndState, FailurePolicy, Policy, SchedulerConfig, TaskScheduler, Ticket};
use primitives::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Runs `graph` on `slots` equal slots under `policy`, one slot per task, without overhead.
///
/// Tasks that end at the same moment are all finished, the smallest number first, before
/// anything starts. O((tasks + dependencies) log tasks), and deterministic.
///
/// # Errors
///
/// [`SchedulerError::Cycle`] or [`SchedulerError::UnknownDependency`] if the graph has no
/// schedule, [`SchedulerError::InvalidConfig`] if there are no slots.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::Policy;
/// use graph_runtime_scheduler::sim::{SimGraph, SimTask, simulate};
/// use std::time::Duration;
///
/// let task = |seconds, parents: &[usize]| SimTask {
///     runtime: Duration::from_secs(seconds),
///     parents: parents.to_vec(),
/// };
/// // Two short tasks, and a long chain that had better start first.
/// let graph = SimGraph { tasks: vec![task(1, &[]), task(1, &[]), task(1, &[]), task(2, &[2])] };
///
/// let fifo = simulate(&graph, 2, Policy::Fifo)?;
/// let critical_path = simulate(&graph, 2, Policy::CriticalPath)?;
/// assert_eq!(fifo.makespan, Duration::from_secs(4));
/// assert_eq!(critical_path.makespan, Duration::from_secs(3));
/// # Ok::<(), graph_runtime_scheduler::SchedulerError>(())
/// ```
pub fn simulate(
    graph: &SimGraph,
    slots: usize,
    policy: Policy,
) -> Result<Schedule, SchedulerError> {
    let mut machine = Machine::new(graph, slots, policy)?;
    machine.start_tasks();
    while machine.advance()? {
        machine.start_tasks();
    }
    Ok(machine.into_schedule())
}

/// Slots, what runs on them, and the time.
struct Machine<'a> {
    graph: &'a SimGraph,
    scheduler: TaskScheduler<usize>,
    now: Timestamp,
    /// (end, task, index of its span), the earliest end first, then the smallest task.
    running: BinaryHeap<Reverse<(Timestamp, usize, usize)>>,
    /// Slots that were used before, the lowest first.
    free_slots: BinaryHeap<Reverse<usize>>,
    slots_used: usize,
    spans: Vec<Span>,
    /// The ticket of each span.
    tickets: Vec<Ticket>,
    max_in_flight: usize,
}

impl<'a> Machine<'a> {
    fn new(graph: &'a SimGraph, slots: usize, policy: Policy) -> Result<Self, SchedulerError> {
        graph.check_parents()?;
        let max_pending = graph.tasks.len().max(1);
        let config =
            SchedulerConfig { policy, max_in_flight: slots, max_pending, ..Default::default() };
        let mut scheduler = TaskScheduler::new(config)?;
        scheduler
            .submit_graph(graph.specs(), FailurePolicy::default(), Timestamp::ZERO)
            .map_err(|refused| refused.error)?;
        Ok(Self {
            graph,
            scheduler,
            now: Timestamp::ZERO,
            running: BinaryHeap::new(),
            free_slots: BinaryHeap::new(),
            slots_used: 0,
            spans: Vec::with_capacity(graph.tasks.len()),
            tickets: Vec::with_capacity(graph.tasks.len()),
            max_in_flight: 0,
        })
    }

    /// Starts whatever may start now.
    fn start_tasks(&mut self) {
        while let Some(dispatch) = self.scheduler.dispatch(self.now) {
            let task = dispatch.payload;
            let end = self.now + self.graph.tasks[task].runtime;
            let slot = self.free_slots.pop().map_or(self.slots_used, |Reverse(slot)| slot);
            self.slots_used = self.slots_used.max(slot + 1);
            self.running.push(Reverse((end, task, self.spans.len())));
            self.spans.push(Span { task, slot, ready: dispatch.ready_at, start: self.now, end });
            self.tickets.push(dispatch.ticket);
        }
        self.max_in_flight = self.max_in_flight.max(self.running.len());
    }

    /// Moves on to the next end, and finishes all that end then. False if nothing runs.
    fn advance(&mut self) -> Result<bool, SchedulerError> {
        let Some(&Reverse((next, ..))) = self.running.peek() else { return Ok(false) };
        self.now = next;
        while let Some(&Reverse((end, _, span))) = self.running.peek() {
            if end > self.now {
                break;
            }
            self.running.pop();
            self.free_slots.push(Reverse(self.spans[span].slot));
            self.scheduler.finish(self.tickets[span], EndState::Completed, self.now)?;
            while self.scheduler.next_event().is_some() {}
        }
        Ok(true)
    }

    fn into_schedule(self) -> Schedule {
        Schedule {
            makespan: self.now - Timestamp::ZERO,
            spans: self.spans,
            max_in_flight: self.max_in_flight,
        }
    }
}
