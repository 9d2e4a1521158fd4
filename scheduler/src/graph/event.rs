//! What the scheduler tells its driver.

use super::{Counts, EndState, GraphId, TaskId, Ticket, TimeLimit};
use primitives::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// A task that starts now: run it, then call [`finish`](crate::TaskScheduler::finish) with its
/// ticket.
#[derive(Debug)]
pub struct Dispatch<P> {
    /// What to finish it with.
    pub ticket: Ticket,
    /// The task.
    pub id: TaskId,
    /// The graph it belongs to.
    pub graph: Option<GraphId>,
    /// Its position in that graph; `None` if it was submitted alone, or added to the running graph.
    pub node: Option<usize>,
    /// Its name for people, if it was submitted as a [`TaskSpec`](crate::TaskSpec).
    pub name: Option<Arc<str>>,
    /// Which attempt this is; the first is 1.
    pub attempt: u32,
    /// Its own deadline, likewise.
    pub deadline: Option<Timestamp>,
    /// How long this attempt may run.
    pub timeout: Option<Duration>,
    /// How long this attempt may go without a sign of life.
    pub idle_timeout: Option<Duration>,
    /// What to run.
    pub payload: P,
    /// When it entered the ready queue; of a further attempt, when the wait for it ended.
    pub ready_at: Timestamp,
    /// When it was dispatched.
    pub started_at: Timestamp,
}

/// Something that happened inside a call. Drain them with
/// [`next_event`](crate::TaskScheduler::next_event) after each one.
#[derive(Debug)]
pub enum Event<P> {
    /// A task ended. Exactly one such event per accepted task.
    Ended {
        /// The task.
        id: TaskId,
        /// The graph it belonged to.
        graph: Option<GraphId>,
        /// How it ended.
        end: EndState,
        /// The payload, if the task never started or was waiting for its next attempt.
        payload: Option<P>,
        /// For a skipped task the dependency whose end decided that; usually the one that did not
        /// complete. That one may itself have been skipped: following the causes leads to the task
        /// where it began.
        cause: Option<TaskId>,
        /// For a task that timed out while it did not run, what it ran into.
        limit: Option<TimeLimit>,
    },
    /// Every task of a graph has ended. Comes after the last of their events.
    GraphEnded {
        /// The graph.
        graph: GraphId,
        /// How its tasks ended.
        counts: Counts,
    },
    /// A running task has passed its deadline; see [`Overdue`](crate::Overdue).
    DeadlinePassed {
        /// The running attempt.
        ticket: Ticket,
        /// The task.
        id: TaskId,
        /// When it should have ended: its own deadline, or that of its graph.
        deadline: Timestamp,
    },
    /// A graph fails fast, or a deadline has passed that cancels: stop this attempt, then finish
    /// its ticket as usual.
    CancelRunning {
        /// The running attempt.
        ticket: Ticket,
    },
    /// A task or its graph has run out of time: stop this attempt, then finish its ticket as
    /// [`TimedOut`](EndState::TimedOut).
    LimitReached {
        /// The running attempt.
        ticket: Ticket,
        /// What it ran into.
        limit: TimeLimit,
    },
    /// A running attempt seems to have given no sign of life for as long as it may. If the driver
    /// knows of a later sign it says so by [`heartbeat`](crate::TaskScheduler::heartbeat).
    /// Otherwise it stops the attempt, which may be [tried again](crate::TaskScheduler::retry), or
    /// finishes its ticket as [`TimedOut`](EndState::TimedOut).
    Silent {
        /// The running attempt.
        ticket: Ticket,
        /// The last sign that the scheduler knows of.
        since: Timestamp,
        /// What it ran into.
        limit: TimeLimit,
    },
}

/// What became of a request to cancel one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a running attempt goes on unless the driver stops it"]
pub enum Cancelled {
    /// It had not started and has ended now; events say so.
    Ended,
    /// It runs: stop the attempt, then finish the ticket as [`EndState::Cancelled`].
    Running(Ticket),
    /// It had ended before.
    AlreadyEnded(EndState),
    /// Nobody knows a task of that name.
    Unknown,
}
