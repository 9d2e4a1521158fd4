//! What the caller of a transition has to do now.

#[cfg(doc)]
use super::State;

/// After [`State::start`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(in crate::task) enum Start {
    /// Poll the future.
    Poll,
    /// Drop the future and complete: the task was aborted.
    Cancel,
    /// Somebody else completed the task; release the reference.
    Stale,
}

/// After [`State::suspend`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(in crate::task) enum Suspend {
    /// Nobody woke it, and the reference is given back.
    Idle,
    /// It was woken during the poll: queue it, with the reference that it was polled with.
    Requeue,
    /// It was aborted during the poll, or nobody is left who could wake it: still RUNNING, drop
    /// the future and complete.
    Cancel,
}

/// After a wake or an abort that borrows the caller's reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(in crate::task) enum Wake {
    /// Queue the task, with the reference added for that.
    Schedule,
    /// Nothing to queue.
    Nothing,
}

/// After a wake that uses up the caller's reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(in crate::task) enum LastWake {
    /// Queue the task, with the caller's reference.
    Schedule,
    /// Nothing to queue; the reference is given back.
    Nothing,
    /// The same, and it was the last one: free the cell.
    Free,
}

/// After [`State::complete`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(in crate::task) enum Complete {
    /// The references are given back, and others are left.
    Settled,
    /// The references are given back, and none is left: free the cell.
    Free,
    /// There is no join handle: drop the output, then release the references.
    Unwanted,
    /// There is one, and it waits: wake it, then [`end_waiting`](State::end_waiting).
    Awaited,
}

/// After [`State::drop_join`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(in crate::task) enum DropJoin {
    /// The reference is given back, and others are left.
    Settled,
    /// The join waker is the caller's to drop, and then the reference to release.
    Waker,
    /// The task is complete: what is left of the output is the caller's to drop, and then
    /// [`leave_complete`](State::leave_complete).
    Output,
}
