//! The timers of one reactor, and what its sleeping owner waits for.

use crate::turn::Turn;
use crate::wheel::{Progress, TimerKey, Wheel};
use primitives::Timestamp;
use primitives::biased_lock::BiasedLock;
use primitives::shim::atomic::{AtomicU64, Ordering};
use std::task::Waker;

/// Timers touched per hold of the lock: at some tens of nanoseconds each, an insertion waits a few
/// microseconds at most.
pub(crate) const BATCH: usize = 256;

/// The wheel behind its lock.
///
/// The lock also makes sleeping and inserting safe against each other: the owner reads the next
/// expiry and notes in `asleep_until` what it will sleep for in one critical section, so an
/// insertion either comes before and is seen, or comes after and sees the note.
///
/// Nearly always it is the owner that sets timers and cancels them, hence the biased lock. Others
/// do when a task has moved to another worker, or to help an owner that is late.
///
/// Two words beside the lock save taking it. Both are written under it only.
#[derive(Debug)]
pub(crate) struct Timers {
    state: BiasedLock<State>,
    /// The next expiry in nanoseconds, or a little earlier; `u64::MAX` if there is none. A hint.
    due: AtomicU64,
    /// The nanoseconds up to which all timers have been handed out; see
    /// [`expired_through`](Self::expired_through).
    expired_through: AtomicU64,
}

#[derive(Debug)]
struct State {
    wheel: Wheel<Waker>,
    /// A timer earlier than this has to wake the owner. The origin of time while it is awake.
    asleep_until: Timestamp,
    closed: bool,
}

/// An inserted timer.
#[derive(Debug)]
#[must_use = "the owner may sleep beyond the new timer"]
pub(crate) struct Inserted {
    pub(crate) key: TimerKey,
    /// Whether the owner sleeps for something later and must be woken.
    pub(crate) wakes_owner: bool,
}

impl Timers {
    /// No timers, the owner awake.
    pub(crate) fn new() -> Self {
        let asleep_until = Timestamp::ZERO;
        Self {
            state: BiasedLock::new(State { wheel: Wheel::new(), asleep_until, closed: false }),
            due: AtomicU64::new(u64::MAX),
            expired_through: AtomicU64::new(0),
        }
    }

    /// Adds a timer; after [`close`](Self::close), drops it.
    #[inline]
    pub(crate) fn insert(&self, deadline: Timestamp, waker: Waker) -> Inserted {
        let mut state = self.state.lock();
        if state.closed {
            // Dropping a waker is user code: not under the lock.
            drop(state);
            drop(waker);
            return Inserted { key: TimerKey::DEAD, wakes_owner: false };
        }
        let key = state.wheel.insert(deadline, waker);
        // ORDERING: Relaxed; a hint, and only written under the lock.
        if deadline.as_nanos() < self.due.load(Ordering::Relaxed) {
            self.due.store(deadline.as_nanos(), Ordering::Relaxed);
        }
        let wakes_owner = deadline < state.asleep_until;
        if wakes_owner {
            // Whoever inserts something later than this need not wake it again.
            state.asleep_until = deadline;
        }
        Inserted { key, wakes_owner }
    }

    /// Lets a pending timer wake somebody else.
    pub(crate) fn update(&self, key: TimerKey, waker: &Waker) -> bool {
        {
            let mut state = self.state.lock();
            match state.wheel.payload(key) {
                None => return false,
                Some(present) if present.will_wake(waker) => return true,
                Some(_) => {}
            }
        }
        // Cloning and dropping wakers is user code: both happen outside the lock.
        let mut waker = waker.clone();
        let mut state = self.state.lock();
        let pending = state.wheel.payload(key).map(|present| std::mem::swap(present, &mut waker));
        drop(state);
        pending.is_some()
    }

    /// Removes a pending timer.
    #[inline]
    pub(crate) fn cancel(&self, key: TimerKey) -> Option<Waker> {
        self.state.lock().wheel.cancel(key)
    }

    /// The next deadline, or a little earlier.
    pub(crate) fn next_expiry(&self) -> Option<Timestamp> {
        self.state.lock().wheel.next_expiry()
    }

    /// The next deadline.
    pub(crate) fn earliest_deadline(&self) -> Option<Timestamp> {
        self.state.lock().wheel.earliest_deadline()
    }

    /// How many timers are pending.
    pub(crate) fn len(&self) -> usize {
        self.state.lock().wheel.len()
    }

    /// The owner goes to sleep until the next expiry or `until`: which of them?
    pub(crate) fn fall_asleep(&self, until: Option<Timestamp>) -> Option<Timestamp> {
        let mut state = self.state.lock();
        let deadline = self.note_next_expiry(&state).into_iter().chain(until).min();
        state.asleep_until = deadline.unwrap_or(Timestamp::MAX);
        deadline
    }

    /// The owner is awake again.
    pub(crate) fn wake_up(&self) {
        self.state.lock().asleep_until = Timestamp::ZERO;
    }

    /// Whether a timer was due at `time` already. A hint: the timer may have been cancelled.
    #[inline]
    pub(crate) fn was_due_at(&self, time: Timestamp) -> bool {
        // ORDERING: Relaxed; whoever acts on it takes the lock.
        self.due.load(Ordering::Relaxed) <= time.as_nanos()
    }

    /// That moment has come, and whatever was due then has been handed out.
    ///
    /// So a timer for whose deadline this is *not* true after its insertion has been handed out
    /// when it becomes true: the hold of the lock that published it came after the insertion,
    /// because otherwise the insertion's hold would have made it visible.
    #[inline]
    pub(crate) fn expired_through(&self) -> Timestamp {
        // ORDERING: Acquire pairs with the Release in `expire`.
        Timestamp::from_nanos(self.expired_through.load(Ordering::Acquire))
    }

    /// Moves the wakers of one batch of due timers to `wakers`.
    pub(crate) fn expire(
        &self,
        now: Timestamp,
        wakers: &mut Vec<Waker>,
        turn: &mut Turn,
    ) -> Progress {
        let before = wakers.len();
        let mut state = self.state.lock();
        let progress = state.wheel.advance(now, BATCH, wakers);
        self.note_next_expiry(&state);
        // ORDERING: Relaxed load, because only holders of the lock write. Release pairs with the
        // Acquire in `expired_through`.
        let past = self.expired_through.load(Ordering::Relaxed);
        // A reactor that closes fires everything before its time, which has not come then.
        if progress == Progress::Done && !state.closed && past < now.as_nanos() {
            self.expired_through.store(now.as_nanos(), Ordering::Release);
        }
        drop(state);
        turn.timers += wakers.len() - before;
        progress
    }

    /// Brings the hint up to date.
    fn note_next_expiry(&self, state: &State) -> Option<Timestamp> {
        let next = state.wheel.next_expiry();
        // ORDERING: Relaxed; a hint.
        self.due.store(next.map_or(u64::MAX, Timestamp::as_nanos), Ordering::Relaxed);
        next
    }

    /// Refuses timers from now on.
    pub(crate) fn close(&self) {
        self.state.lock().closed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::Timers;
    use primitives::Timestamp;
    use primitives::permit::{Notify, Permit};
    use primitives::shim::sync::Arc;
    use primitives::shim::{model, thread};
    use std::task::Waker;

    #[test]
    fn a_sleeper_is_woken_once_for_the_earliest_of_many() {
        let timers = Timers::new();
        let wakes_owner =
            |nanos| timers.insert(Timestamp::from_nanos(nanos), Waker::noop().clone()).wakes_owner;
        assert!(!wakes_owner(900), "it is awake");
        assert_eq!(timers.fall_asleep(None), Some(Timestamp::from_nanos(900)));
        let woken = [900, 600, 700, 600, 500].map(wakes_owner);
        assert_eq!(woken, [false, true, false, false, true]);
        timers.wake_up();
        assert!(!wakes_owner(1), "it is awake again");
    }

    /// A model: run on real threads as it is, and exhaustively under loom.
    #[test]
    fn a_sleeper_knows_of_a_new_timer_or_is_woken() {
        model(3, || {
            let shared = Arc::new((Timers::new(), Permit::new()));
            let deadline = Timestamp::from_nanos(9);
            let inserter = {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (timers, permit) = &*shared;
                    let inserted = timers.insert(deadline, Waker::noop().clone());
                    inserted.wakes_owner && permit.notify() == Notify::Wake
                })
            };
            let (timers, permit) = &*shared;
            let sleeps = permit.fall_asleep();
            let knows = timers.fall_asleep(None) == Some(deadline);
            let woken = inserter.join().expect("the inserter returns");
            assert!(sleeps, "an awake owner needs no permit");
            assert!(knows || woken, "it would sleep for ever");
        });
    }
}
