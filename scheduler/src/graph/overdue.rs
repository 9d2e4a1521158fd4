//! Deadlines that pass while their tasks run.

use super::due::{from_caller, is_deadline};
use super::record::NO_JOB;
use super::{Event, TaskScheduler, Ticket};
use primitives::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What happens when a deadline passes while its task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Overdue {
    /// Nothing: deadlines order the queue, and cost nothing else.
    #[default]
    Ignore,
    /// The driver is told, by an [`Event::DeadlinePassed`].
    Report,
    /// The driver is told, and told to stop the attempt, by an [`Event::CancelRunning`].
    Cancel,
}

/// Fewer entries than this are not worth sweeping.
const SWEEP_MIN: usize = 64;

/// The deadlines of running attempts. Those of attempts that have ended stay until they pass or
/// there are more of them than twice the running ones.
#[derive(Debug, Default)]
pub(crate) struct Deadlines(BinaryHeap<Reverse<(Timestamp, u32, u32)>>);

impl Deadlines {
    /// The earliest one.
    fn first(&self) -> Option<(Timestamp, Ticket)> {
        let &Reverse((deadline, index, generation)) = self.0.peek()?;
        Some((deadline, Ticket { index, generation }))
    }

    fn sweep(&mut self, is_running: impl Fn(Ticket) -> bool) {
        let ticket = |(_, index, generation)| Ticket { index, generation };
        self.0.retain(|&Reverse(entry)| is_running(ticket(entry)));
    }
}

impl<P> TaskScheduler<P> {
    /// When to call [`pass_deadlines`](Self::pass_deadlines) next: the earliest deadline that a
    /// running task has not met yet. `None` if there is none, or under [`Overdue::Ignore`].
    pub fn next_deadline(&mut self) -> Option<Timestamp> {
        while let Some((deadline, ticket)) = self.deadlines.first() {
            if self.graph.is_running(ticket) {
                return Some(deadline);
            }
            self.deadlines.0.pop();
        }
        None
    }

    /// Says by events which running tasks have passed their deadlines since the last time, the
    /// earliest deadline first, each attempt once. O(log n) for each.
    ///
    /// A task's deadline is its own or, if that is earlier, the one of its graph. A deadline that
    /// passes while the task waits is reported when it runs.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{
    ///     Event, Overdue, SchedulerConfig, TaskId, TaskScheduler, TaskSpec,
    /// };
    /// use primitives::Timestamp;
    ///
    /// let config = SchedulerConfig { overdue: Overdue::Report, ..Default::default() };
    /// let mut scheduler = TaskScheduler::new(config)?;
    /// let noon = Timestamp::from_nanos(12);
    /// scheduler.submit(TaskSpec::new(TaskId::new(1), ()).deadline(noon), Timestamp::ZERO)?;
    /// let running = scheduler.dispatch(Timestamp::ZERO).expect("it is ready");
    ///
    /// assert_eq!(scheduler.next_deadline(), Some(noon));
    /// scheduler.pass_deadlines(noon);
    /// assert!(matches!(
    ///     scheduler.next_event(),
    ///     Some(Event::DeadlinePassed { ticket, .. }) if ticket == running.ticket
    /// ));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pass_deadlines(&mut self, now: Timestamp) {
        while let Some(deadline) = self.next_deadline().filter(|&deadline| deadline <= now) {
            let Some((_, ticket)) = self.deadlines.first() else { return };
            self.deadlines.0.pop();
            let id = self.graph[ticket.index].id;
            self.events.push_back(Event::DeadlinePassed { ticket, id, deadline });
            if self.config.overdue == Overdue::Cancel {
                self.events.push_back(Event::CancelRunning { ticket });
            }
        }
    }

    /// Watches an attempt that starts.
    pub(super) fn watch(&mut self, ticket: Ticket, deadline: Option<Timestamp>) {
        if self.config.overdue == Overdue::Ignore {
            return;
        }
        let of_graph = match self.graph[ticket.index].job {
            NO_JOB => Timestamp::MAX,
            job => self.graph.jobs[job].deadline,
        };
        let deadline = from_caller(deadline).min(of_graph);
        if is_deadline(deadline) {
            if self.deadlines.0.len() > SWEEP_MIN.max(2 * self.counts.running) {
                self.deadlines.sweep(|ticket| self.graph.is_running(ticket));
            }
            self.deadlines.0.push(Reverse((deadline, ticket.index, ticket.generation)));
        }
    }

    #[cfg(test)]
    pub(super) fn deadlines_watched(&self) -> usize {
        self.deadlines.0.len()
    }
}
