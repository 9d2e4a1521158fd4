//! Deadlines that pass while their tasks run.

use crate::graph::agenda::Matter;
use crate::graph::order::due::{from_caller, is_deadline};
use crate::graph::record::NO_JOB;
use crate::graph::{Event, TaskScheduler, Ticket};
use primitives::Timestamp;

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

impl<P> TaskScheduler<P> {
    /// Watches an attempt that starts.
    pub(in crate::graph) fn watch(&mut self, ticket: Ticket, deadline: Option<Timestamp>) {
        if self.config.overdue == Overdue::Ignore {
            return;
        }
        let of_graph = match self.graph[ticket.index].job {
            NO_JOB => Timestamp::MAX,
            job => self.graph.jobs[job].deadline,
        };
        let deadline = from_caller(deadline).min(of_graph);
        if is_deadline(deadline) {
            self.remember(deadline, Matter::Overdue(ticket));
        }
    }

    /// The deadline of a running attempt has passed.
    pub(in crate::graph) fn pass_deadline(&mut self, ticket: Ticket, deadline: Timestamp) {
        let id = self.graph[ticket.index].id;
        self.events.push_back(Event::DeadlinePassed { ticket, id, deadline });
        if self.config.overdue == Overdue::Cancel {
            self.graph[ticket.index].must_stop = true;
            self.events.push_back(Event::CancelRunning { ticket });
        }
    }
}
