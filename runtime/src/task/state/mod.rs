//! The packed state word of a task and its transitions.
//!
//! ```text
//!   bit 63           36       6   5        4     3        2         1       0
//!   ┌─────────────────┬────────┬────────┬──────┬────────┬─────────┬───────┬────────┐
//!   │ reference count │ stamp  │WAITING │ JOIN │ABORTED │COMPLETE │QUEUED │RUNNING │
//!   └─────────────────┴────────┴────────┴──────┴────────┴─────────┴───────┴────────┘
//!
//! The stamp says when the last poll began, or ended: those two transitions write it along.
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
//! the running thread holds it; a wake meanwhile adds none, and a task that is queued again takes
//! it along. A waker that is used up by its wake gives its own reference to the queue entry;
//! otherwise the transition adds one. References are given back by the transition that ends their
//! use wherever possible: a task that runs and is joined costs one read-modify-write to start and
//! one to complete.

mod action;
mod look;
mod stamp;

pub(crate) use look::{Doing, Glimpse};
pub use stamp::Stamp;
pub(crate) use stamp::{CoarseClock, STOPPED};

pub(super) use action::{Complete, DropJoin, LastWake, Start, Suspend, Wake};

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
/// Where the stamp begins.
const STAMP_SHIFT: u32 = 6;
const STAMP: usize = stamp::MASK << STAMP_SHIFT;
const REF_ONE: usize = 1 << 36;

/// The word with another stamp.
#[inline]
fn stamped(word: usize, now: Stamp) -> usize {
    (word & !STAMP) | (now.bits() << STAMP_SHIFT)
}

/// The word itself.
#[derive(Debug)]
pub(super) struct State(AtomicUsize);

impl State {
    /// Queued for the first time, with a join handle and `references` references.
    pub(super) fn new(references: usize, now: Stamp) -> Self {
        Self(AtomicUsize::new(Self::queued(references, now)))
    }

    fn queued(references: usize, now: Stamp) -> usize {
        QUEUED | JOIN | stamped(references * REF_ONE, now)
    }

    /// Edge (1). The caller holds the queue entry's reference.
    #[inline]
    pub(super) fn start(&self, now: Stamp) -> Start {
        self.update(|word| {
            debug_assert!(word & QUEUED != 0, "a queued task has QUEUED set");
            if word & (RUNNING | COMPLETE) != 0 {
                (Start::Stale, word & !QUEUED)
            } else if word & ABORTED != 0 {
                (Start::Cancel, stamped(word & !QUEUED, now) | RUNNING)
            } else {
                (Start::Poll, stamped(word & !QUEUED, now) | RUNNING)
            }
        })
    }

    /// Edges (5) and (6): the poll returned Pending. The caller holds one reference. `yielded` says
    /// that the task has woken itself without a wake.
    #[inline]
    pub(super) fn suspend(&self, yielded: bool, now: Stamp) -> Suspend {
        self.update(|word| {
            let word = stamped(word, now);
            debug_assert!(word & RUNNING != 0, "only a running task can suspend");
            if word & ABORTED != 0 && !Mutant::TaskAbortDuringPoll.is_active() {
                (Suspend::Cancel, word & !QUEUED)
            } else if word & QUEUED != 0 && !Mutant::TaskWakeDuringPoll.is_active() {
                (Suspend::Requeue, word & !RUNNING)
            } else if yielded {
                (Suspend::Requeue, (word & !RUNNING) | QUEUED)
            } else if word < 2 * REF_ONE {
                (Suspend::Cancel, word)
            } else {
                (Suspend::Idle, (word & !RUNNING) - REF_ONE)
            }
        })
    }

    /// Edge (4): the output is stored. The caller holds `references`, which it gives back here
    /// unless it is told to do something first. `droppable` says whether there is anything to
    /// drop in an output that nobody wants.
    #[inline]
    pub(super) fn complete(&self, references: usize, droppable: bool) -> Complete {
        // ORDERING: Release publishes the output to the join handle's Acquire in `is_complete`,
        // `set_waiting` and `drop_join`; Acquire makes the join waker visible, stored before the
        // Release in `set_waiting`.
        let order = Mutant::TaskCompleteRelease.weaken(Ordering::AcqRel);
        self.update_ordered(order, |word| {
            debug_assert_eq!(word & (RUNNING | COMPLETE), RUNNING, "only a running task completes");
            let done = word ^ (RUNNING | COMPLETE);
            let settled = done - references * REF_ONE;
            match (word & JOIN != 0, word & WAITING != 0) {
                (true, false) => (Complete::Settled, settled),
                (true, true) => (Complete::Awaited, done),
                (false, _) if droppable => (Complete::Unwanted, done),
                (false, _) if settled < REF_ONE => (Complete::Free, settled),
                (false, _) => (Complete::Settled, settled),
            }
        })
    }

    /// Edges (2) and (3), by a waker that lives on.
    #[inline]
    pub(super) fn wake(&self) -> Wake {
        if self.is_quiet() {
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

    /// Edges (2) and (3), by a waker that is used up.
    #[inline]
    pub(super) fn wake_last(&self) -> LastWake {
        if self.is_quiet() {
            return if self.release(1) { LastWake::Free } else { LastWake::Nothing };
        }
        self.update(|word| {
            let released = word - REF_ONE;
            if word & (COMPLETE | QUEUED) != 0 {
                let last = released < REF_ONE;
                (if last { LastWake::Free } else { LastWake::Nothing }, released)
            } else if word & RUNNING != 0 {
                (LastWake::Nothing, released | QUEUED)
            } else {
                (LastWake::Schedule, word | QUEUED)
            }
        })
    }

    /// For a mutant: a wake that leaves a queued task's word alone.
    #[inline]
    fn is_quiet(&self) -> bool {
        Mutant::TaskWakeQuietly.is_active() && self.0.load(Ordering::Relaxed) & QUEUED != 0
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
    /// is gone. May be asked of a cell that has been freed but not used again.
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
    #[inline]
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
        // ORDERING: Acquire pairs with the Release in `end_waiting`: if the task has completed
        // since the caller last looked, the flag is clear because the other thread is done with
        // the waker, and the caller may write to it.
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
            // Once complete, WAITING may be clear: `end_waiting` has been by already.
            debug_assert!(word & (WAITING | COMPLETE) != 0);
            if word & COMPLETE != 0 { (false, word) } else { (true, word & !WAITING) }
        })
    }

    /// The completing thread has used the join waker up, and gives back `references`. True if
    /// none is left: free the cell.
    #[must_use]
    pub(super) fn end_waiting(&self, references: usize) -> bool {
        // ORDERING: Release hands the place of the waker to the join handle's Acquire in
        // `is_waiting`, and the cell to whoever frees it; Acquire as in `release`.
        let gone = WAITING + references * REF_ONE;
        let before = self.0.fetch_sub(gone, Ordering::AcqRel);
        debug_assert!(before & WAITING != 0, "only the completing thread clears it now");
        before - gone < REF_ONE
    }

    /// The join handle goes away. Its reference is given back here, unless the caller is told to
    /// drop something first.
    #[inline]
    pub(super) fn drop_join(&self) -> DropJoin {
        if self.is_complete() && !Mutant::TaskJoinDropRace.is_active() {
            return DropJoin::Output;
        }
        self.update(|word| {
            debug_assert!(word & JOIN != 0);
            if word & COMPLETE != 0 && !Mutant::TaskJoinDropRace.is_active() {
                (DropJoin::Output, word)
            } else if word & WAITING != 0 {
                // Nobody else looks at the waker any more (rule 4).
                (DropJoin::Waker, word & !(JOIN | WAITING))
            } else {
                // Not the last: a task that is not complete is in a queue, polled or listed.
                (DropJoin::Settled, (word & !JOIN) - REF_ONE)
            }
        })
    }

    /// The join handle leaves a complete task, whose output it has dropped. True if its reference
    /// was the last: free the cell.
    #[inline]
    #[must_use]
    pub(super) fn leave_complete(&self) -> bool {
        // ORDERING: Acquire pairs with the Release of whoever let go before. If no other
        // reference is left there is nobody to race with.
        let order = Mutant::TaskLeaveAcquire.weaken(Ordering::Acquire);
        if self.0.load(order) < 2 * REF_ONE {
            return true;
        }
        // ORDERING: as in `release`.
        let order = Mutant::TaskLastReference.weaken(Ordering::AcqRel);
        let before = self.0.fetch_sub(JOIN + REF_ONE, order);
        before < 2 * REF_ONE
    }

    /// One more reference.
    #[inline]
    pub(super) fn retain(&self) {
        // ORDERING: Relaxed, as for any reference count: the new reference is derived from one
        // that is held.
        let before = self.0.fetch_add(REF_ONE, Ordering::Relaxed);
        if before > isize::MAX as usize {
            // Only leaking wakers by the hundred million gets here; going on would free a live
            // task.
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
    fn references(&self) -> usize {
        self.0.load(Ordering::Relaxed) / REF_ONE
    }

    #[inline]
    fn update<A>(&self, transition: impl Fn(usize) -> (A, usize)) -> A {
        self.update_ordered(Ordering::AcqRel, transition)
    }

    #[inline]
    fn update_ordered<A>(&self, order: Ordering, transition: impl Fn(usize) -> (A, usize)) -> A {
        // ORDERING: Acquire, because an earlier holder of the stage may have written it; the
        // first read is only a guess that the exchange checks.
        let mut word = self.0.load(Ordering::Acquire);
        loop {
            let (action, next) = transition(word);
            // Also when nothing changes: a wake of a queued task must still publish what the
            // waker wrote before it, to the thread that starts the next poll.
            // ORDERING: Release publishes to the next transition, Acquire sees the previous one's
            // writes: together every transition sees all that happened before the earlier ones.
            match self.0.compare_exchange_weak(word, next, order, Ordering::Acquire) {
                Ok(_) => return action,
                Err(actual) => word = actual,
            }
        }
    }
}

#[cfg(test)]
mod tests;
