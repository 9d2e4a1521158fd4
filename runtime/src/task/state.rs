//! The packed state word of a task and its transitions.
//!
//! ```text
//!   bit 63                                  6   5        4     3        2         1       0
//!   ┌────────────────────────────────────────┬────────┬──────┬────────┬─────────┬───────┬────────┐
//!   │ reference count                        │WAITING │ JOIN │ABORTED │COMPLETE │QUEUED │RUNNING │
//!   └────────────────────────────────────────┴────────┴──────┴────────┴─────────┴───────┴────────┘
//! ```
//!
//! # Life cycle
//!
//! ```text
//!                    (2) wake, abort                    (4) Ready, panic, abort seen
//!          ┌──────────────────────────┐              ┌──────────────────────────────► Complete
//!          │                          ▼              │
//!        Idle                      Queued ───────► Running ◄─┐
//!          ▲                          ▲    (1)       │ │ │   │ (3) wake, abort: QUEUED is
//!          │    (6) Pending, not woken│              │ │ └───┘     remembered beside RUNNING
//!          └──────────────────────────┼──────────────┘ │
//!                                     └────────────────┘
//!                                      (5) Pending, woken meanwhile
//! ```
//!
//! 1. [`start`](State::start): a worker takes the task out of a queue. Also by
//!    [`claim_idle`](State::claim_idle), when the runtime shuts down and the task is idle.
//! 2. [`wake`](State::wake), [`abort`](State::abort): exactly one caller sees `Schedule` and
//!    queues the task.
//! 3. The same during a poll: whoever polls will queue it afterwards.
//! 4. [`complete`](State::complete). The stage holds the output already.
//! 5. and 6. [`suspend`](State::suspend) tells which.
//!
//! Every transition is one read-modify-write, and returns what the caller has to do now.
//!
//! # Reference counts
//!
//! QUEUED without RUNNING means that one reference travels with the queue entry. During a poll
//! the running thread holds it; a wake meanwhile adds none. Whoever is told to queue the task
//! gets a reference for the queue entry *besides* its own, because the scheduler it calls is a
//! field of the cell: once the entry is in the queue another thread may run the task to its end,
//! and the caller's own reference is what keeps the scheduler in place until the call returns.

use primitives::shim::Mutant;
use primitives::shim::atomic::{AtomicUsize, Ordering};

/// A thread has the future in its hands.
const RUNNING: usize = 1;
/// In a queue, or (with RUNNING) to be queued after the poll.
const QUEUED: usize = 1 << 1;
/// The future is gone; the stage holds the output until somebody takes it.
const COMPLETE: usize = 1 << 2;
/// Whoever holds the future next drops it.
const ABORTED: usize = 1 << 3;
/// There is a join handle.
const JOIN: usize = 1 << 4;
/// The join handle has left a waker.
const WAITING: usize = 1 << 5;
const REF_ONE: usize = 1 << 6;

/// The word itself.
#[derive(Debug)]
pub(super) struct State(AtomicUsize);

/// After [`State::start`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Start {
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
pub(super) enum Suspend {
    /// Nobody woke it; release the reference.
    Idle,
    /// It was woken during the poll: queue it, with the reference added for that.
    Requeue,
    /// It was aborted during the poll: still RUNNING, drop the future and complete.
    Cancel,
}

/// After a wake or an abort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Wake {
    /// Queue the task, with the reference added for that.
    Schedule,
    /// Nothing to queue.
    Nothing,
}

/// After [`State::complete`]: what the join side was doing at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Complete {
    /// There is no join handle: drop the output.
    Unwanted,
    /// There is one, and it left no waker.
    Wanted,
    /// There is one, and it waits: wake it.
    Awaited,
}

/// After [`State::drop_join`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) struct DropJoin {
    /// The output is the caller's to drop.
    pub(super) output: bool,
    /// The join waker is the caller's to drop.
    pub(super) waker: bool,
}

impl State {
    /// Queued for the first time, with a join handle and `references` references.
    pub(super) fn new(references: usize) -> Self {
        Self(AtomicUsize::new(QUEUED | JOIN | (references * REF_ONE)))
    }

    /// Edge (1). The caller holds the queue entry's reference.
    #[inline]
    pub(super) fn start(&self) -> Start {
        self.update(|word| {
            debug_assert!(word & QUEUED != 0, "a queued task has QUEUED set");
            if word & (RUNNING | COMPLETE) != 0 {
                (Start::Stale, word & !QUEUED)
            } else if word & ABORTED != 0 {
                (Start::Cancel, (word & !QUEUED) | RUNNING)
            } else {
                (Start::Poll, (word & !QUEUED) | RUNNING)
            }
        })
    }

    /// Edges (5) and (6): the poll returned Pending.
    #[inline]
    pub(super) fn suspend(&self) -> Suspend {
        self.update(|word| {
            debug_assert!(word & RUNNING != 0, "only a running task can suspend");
            if word & ABORTED != 0 && !Mutant::TaskAbortDuringPoll.is_active() {
                (Suspend::Cancel, word & !QUEUED)
            } else if word & QUEUED != 0 && !Mutant::TaskWakeDuringPoll.is_active() {
                (Suspend::Requeue, (word & !RUNNING) + REF_ONE)
            } else {
                (Suspend::Idle, word & !RUNNING)
            }
        })
    }

    /// Edge (4): the output is stored.
    pub(super) fn complete(&self) -> Complete {
        // ORDERING: Release publishes the output to the join handle's Acquire in `is_complete`,
        // `set_waiting` and `drop_join`; Acquire makes the join waker visible, stored before the
        // Release in `set_waiting`.
        let order = Mutant::TaskCompleteRelease.weaken(Ordering::AcqRel);
        let before = self.0.fetch_xor(RUNNING | COMPLETE, order);
        debug_assert_eq!(before & (RUNNING | COMPLETE), RUNNING, "only a running task completes");
        match (before & JOIN != 0, before & WAITING != 0) {
            (false, _) => Complete::Unwanted,
            (true, false) => Complete::Wanted,
            (true, true) => Complete::Awaited,
        }
    }

    /// Edges (2) and (3), by a waker.
    #[inline]
    pub(super) fn wake(&self) -> Wake {
        if Mutant::TaskWakeQuietly.is_active() && self.0.load(Ordering::Relaxed) & QUEUED != 0 {
            return Wake::Nothing;
        }
        self.update(|word| {
            if word & (COMPLETE | QUEUED) != 0 {
                (Wake::Nothing, word)
            } else if word & RUNNING != 0 {
                (Wake::Nothing, word | QUEUED)
            } else {
                (Wake::Schedule, (word | QUEUED) + REF_ONE)
            }
        })
    }

    /// Edges (2) and (3), and the mark that the future is to be dropped.
    pub(super) fn abort(&self) -> Wake {
        self.update(|word| {
            if word & (COMPLETE | ABORTED) != 0 {
                (Wake::Nothing, word)
            } else if word & (RUNNING | QUEUED) != 0 || Mutant::TaskAbortIdle.is_active() {
                (Wake::Nothing, word | ABORTED)
            } else {
                (Wake::Schedule, (word | ABORTED | QUEUED) + REF_ONE)
            }
        })
    }

    /// Edge (1) for a task that must end where it stands. True if the caller now holds the
    /// future and has to drop it; false if a worker holds it (that one will see ABORTED) or it
    /// is gone.
    #[must_use]
    pub(super) fn claim_idle(&self) -> bool {
        self.update(|word| {
            let taken = if Mutant::TaskShutDownRunning.is_active() { 0 } else { RUNNING };
            if word & (taken | COMPLETE) != 0 {
                (false, word | ABORTED)
            } else {
                (true, word | ABORTED | RUNNING)
            }
        })
    }

    /// Whether the output is stored (or already taken).
    pub(super) fn is_complete(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `complete`.
        self.0.load(Ordering::Acquire) & COMPLETE != 0
    }

    /// Whether an abort has been asked for.
    pub(super) fn is_aborted(&self) -> bool {
        // ORDERING: a hint for reports.
        self.0.load(Ordering::Relaxed) & ABORTED != 0
    }

    /// Whether a join waker is stored. Only the join handle asks, and only it sets the flag.
    pub(super) fn is_waiting(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `release_join_waker`: if the task has
        // completed since the caller last looked, the flag is clear because the other thread is
        // done with the waker, and the caller may write to it.
        let order = Mutant::TaskJoinWaitingAcquire.weaken(Ordering::Acquire);
        self.0.load(order) & WAITING != 0
    }

    /// Publishes the stored join waker. False if the task is complete: nobody will use it.
    #[must_use]
    pub(super) fn set_waiting(&self) -> bool {
        if Mutant::TaskJoinWakerRace.is_active() {
            self.0.fetch_or(WAITING, Ordering::AcqRel);
            return true;
        }
        self.update(|word| {
            debug_assert_eq!(word & (JOIN | WAITING), JOIN);
            if word & COMPLETE != 0 { (false, word) } else { (true, word | WAITING) }
        })
    }

    /// Takes the join waker back. False if the task is complete: it is being woken.
    #[must_use]
    pub(super) fn unset_waiting(&self) -> bool {
        self.update(|word| {
            debug_assert!(word & JOIN != 0);
            // Once complete, WAITING may be clear: `release_join_waker` has been by already.
            debug_assert!(word & (WAITING | COMPLETE) != 0);
            if word & COMPLETE != 0 { (false, word) } else { (true, word & !WAITING) }
        })
    }

    /// The completing thread is done with the join waker. True if the join handle is gone, so
    /// that the waker is the caller's to drop (rule 6).
    #[must_use]
    pub(super) fn release_join_waker(&self) -> bool {
        // ORDERING: Release hands the waker to the join handle's Acquire in `drop_join` or
        // `is_waiting`; Acquire pairs with the Release in `drop_join`, when the handle went first.
        let before = self.0.fetch_and(!WAITING, Ordering::AcqRel);
        before & JOIN == 0 && !Mutant::TaskJoinWakerOrphan.is_active()
    }

    /// The join handle goes away.
    pub(super) fn drop_join(&self) -> DropJoin {
        self.update(|word| {
            debug_assert!(word & JOIN != 0);
            if word & COMPLETE == 0 || Mutant::TaskJoinDropRace.is_active() {
                // Nobody else looks at the waker any more (rule 4).
                (DropJoin { output: false, waker: true }, word & !(JOIN | WAITING))
            } else {
                let waker = word & WAITING == 0;
                (DropJoin { output: true, waker }, word & !JOIN)
            }
        })
    }

    /// One more reference.
    #[inline]
    pub(super) fn retain(&self) {
        // ORDERING: Relaxed, as for any reference count: the new reference is derived from one
        // that is held.
        let before = self.0.fetch_add(REF_ONE, Ordering::Relaxed);
        if before > isize::MAX as usize {
            // Only leaking wakers by the billion gets here; going on would free a live task.
            std::process::abort();
        }
    }

    /// `count` references fewer. True if none is left: free the cell.
    #[inline]
    #[must_use]
    pub(super) fn release(&self, count: usize) -> bool {
        // ORDERING: Release, so that all uses of the cell happen before its end; Acquire, so that
        // the end happens after all uses, whoever releases last.
        let order = Mutant::TaskLastReference.weaken(Ordering::AcqRel);
        let before = self.0.fetch_sub(count * REF_ONE, order);
        debug_assert!(before / REF_ONE >= count, "released more references than were held");
        before / REF_ONE == count
    }

    /// The reference count of this moment.
    #[cfg(test)]
    pub(super) fn references(&self) -> usize {
        self.0.load(Ordering::Relaxed) / REF_ONE
    }

    #[inline]
    fn update<A>(&self, transition: impl Fn(usize) -> (A, usize)) -> A {
        // ORDERING: Acquire, because an earlier holder of the stage may have written it; the
        // first read is only a guess that the exchange checks.
        let mut word = self.0.load(Ordering::Acquire);
        loop {
            let (action, next) = transition(word);
            // Also when nothing changes: a wake of a queued task must still publish what the
            // waker wrote before it, to the thread that starts the next poll.
            // ORDERING: Release publishes to the next transition, Acquire sees the previous one's
            // writes: together every transition sees all that happened before the earlier ones.
            match self.0.compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return action,
                Err(actual) => word = actual,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Complete, DropJoin, Start, State, Suspend, Wake};

    #[test]
    fn a_wake_during_a_poll_requeues_once() {
        let state = State::new(3);
        assert_eq!(state.start(), Start::Poll);
        assert_eq!(state.wake(), Wake::Nothing);
        assert_eq!(state.wake(), Wake::Nothing);
        assert_eq!(state.suspend(), Suspend::Requeue);
        assert!(!state.release(1));
        assert_eq!(state.start(), Start::Poll);
        assert_eq!(state.suspend(), Suspend::Idle);
        assert_eq!(state.references(), 3);
    }

    #[test]
    fn waking_an_idle_task_counts_the_queue_entry() {
        let state = State::new(3);
        assert_eq!(state.start(), Start::Poll);
        assert_eq!(state.suspend(), Suspend::Idle);
        assert!(!state.release(1));
        assert_eq!(state.wake(), Wake::Schedule);
        assert_eq!(state.wake(), Wake::Nothing, "it is queued already");
        assert_eq!(state.references(), 3);
    }

    #[test]
    fn an_abort_is_seen_by_whoever_holds_the_future_next() {
        let queued = State::new(3);
        assert_eq!(queued.abort(), Wake::Nothing);
        assert_eq!(queued.start(), Start::Cancel);

        let running = State::new(3);
        assert_eq!(running.start(), Start::Poll);
        assert_eq!(running.abort(), Wake::Nothing);
        assert_eq!(running.suspend(), Suspend::Cancel);
        assert_eq!(running.complete(), Complete::Wanted);
        assert_eq!(running.abort(), Wake::Nothing, "too late");
    }

    #[test]
    fn a_claimed_task_leaves_a_stale_queue_entry() {
        let state = State::new(3);
        assert!(state.claim_idle());
        assert_eq!(state.complete(), Complete::Wanted);
        assert_eq!(state.start(), Start::Stale);
        assert!(!state.claim_idle());
    }

    #[test]
    fn the_second_of_waker_and_handle_drops_the_waker() {
        let handle_first = State::new(3);
        assert_eq!(handle_first.start(), Start::Poll);
        assert!(handle_first.set_waiting());
        assert_eq!(handle_first.complete(), Complete::Awaited);
        assert_eq!(handle_first.drop_join(), DropJoin { output: true, waker: false });
        assert!(handle_first.release_join_waker());

        let waker_first = State::new(3);
        assert_eq!(waker_first.start(), Start::Poll);
        assert!(waker_first.set_waiting());
        assert_eq!(waker_first.complete(), Complete::Awaited);
        assert!(!waker_first.release_join_waker());
        assert_eq!(waker_first.drop_join(), DropJoin { output: true, waker: true });
    }
}
