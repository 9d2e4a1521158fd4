//! Where a task is in its life, and how many are where.

use super::Ticket;
use primitives::Timestamp;
use std::fmt;

/// How a task ended. Every task ends exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndState {
    /// It did what it was there for. Only this end lets dependents run that have no other
    /// [`TriggerRule`](crate::TriggerRule).
    Completed,
    /// It ran and reported an error, or panicked.
    Failed,
    /// Somebody asked for it to stop, before or while it ran.
    Cancelled,
    /// It, or its graph, ran longer than it was allowed to, or fell silent.
    TimedOut,
    /// It never ran because a dependency ended in a way that its
    /// [`TriggerRule`](crate::TriggerRule) does not put up with.
    Skipped,
}

impl EndState {
    /// Whether dependents may run.
    pub fn is_completed(self) -> bool {
        self == Self::Completed
    }

    /// Whether the task itself went wrong: what makes a fail-fast graph stop.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut)
    }
}

impl fmt::Display for EndState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed out",
            Self::Skipped => "skipped",
        })
    }
}

/// Where a task is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// It waits for dependencies, or for its level to open.
    Waiting {
        /// Dependencies that have not ended yet; 0 if only the level barrier holds it back.
        unmet: usize,
    },
    /// It may start as soon as admission lets it.
    Ready,
    /// It has been dispatched and not finished.
    Running {
        /// The running attempt.
        ticket: Ticket,
    },
    /// An attempt went wrong, and it waits for the next one.
    BackingOff {
        /// When it will be ready again.
        until: Timestamp,
        /// Attempts there have been.
        attempts: u32,
    },
    /// It has ended and is still remembered.
    Ended(EndState),
}

/// How many tasks are where.
///
/// Always `submitted == waiting + ready + running + backing_off + completed + failed + cancelled +
/// timed_out + skipped`. Forgetting a task does not take it out of the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Tasks accepted so far.
    pub submitted: usize,
    /// Tasks that wait for dependencies or for their level.
    pub waiting: usize,
    /// Tasks in the ready queue.
    pub ready: usize,
    /// Tasks dispatched and not finished.
    pub running: usize,
    /// Tasks that wait for their next attempt.
    pub backing_off: usize,
    /// Tasks that ended [`Completed`](EndState::Completed).
    pub completed: usize,
    /// Tasks that ended [`Failed`](EndState::Failed).
    pub failed: usize,
    /// Tasks that ended [`Cancelled`](EndState::Cancelled).
    pub cancelled: usize,
    /// Tasks that ended [`TimedOut`](EndState::TimedOut).
    pub timed_out: usize,
    /// Tasks that ended [`Skipped`](EndState::Skipped).
    pub skipped: usize,
}

/// The part of a life before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Waiting,
    Ready,
    Running,
    /// Between two attempts.
    Backoff,
}

impl Counts {
    /// Tasks that wait to start, for the first time or again: what `max_pending` bounds.
    pub fn pending(&self) -> usize {
        self.waiting + self.ready + self.backing_off
    }

    /// Tasks that have not ended.
    pub fn unfinished(&self) -> usize {
        self.pending() + self.running
    }

    /// Tasks that have ended, in whatever way.
    pub fn ended(&self) -> usize {
        self.completed + self.failed + self.cancelled + self.timed_out + self.skipped
    }

    /// Counts a task that has been submitted and has ended.
    pub fn add_ended(&mut self, end: EndState) {
        self.submitted += 1;
        *self.ended_mut(end) += 1;
    }

    pub(crate) fn submit(&mut self, tasks: usize) {
        self.submitted += tasks;
        self.waiting += tasks;
    }

    pub(crate) fn step(&mut self, from: Phase, to: Phase) {
        *self.phase(from) -= 1;
        *self.phase(to) += 1;
    }

    pub(crate) fn end(&mut self, from: Phase, end: EndState) {
        *self.phase(from) -= 1;
        *self.ended_mut(end) += 1;
    }

    fn ended_mut(&mut self, end: EndState) -> &mut usize {
        match end {
            EndState::Completed => &mut self.completed,
            EndState::Failed => &mut self.failed,
            EndState::Cancelled => &mut self.cancelled,
            EndState::TimedOut => &mut self.timed_out,
            EndState::Skipped => &mut self.skipped,
        }
    }

    fn phase(&mut self, phase: Phase) -> &mut usize {
        match phase {
            Phase::Waiting => &mut self.waiting,
            Phase::Ready => &mut self.ready,
            Phase::Running => &mut self.running,
            Phase::Backoff => &mut self.backing_off,
        }
    }
}
