//! The lock itself, without the value.
//!
//! ```text
//!   word:  │ PARKED │ LOCKED │
//! ```
//!
//! # Protocol
//!
//! 1. Nobody waits: one exchange to lock, one to unlock.
//! 2. Whoever finds it LOCKED takes the queue's lock, sets PARKED while LOCKED is set, and waits
//!    in the queue. So whoever unlocks finds PARKED, or the exchange that sets it finds the lock
//!    free and takes it.
//! 3. Unlocking with PARKED set takes the queue's lock, frees the lock, clears PARKED and wakes the
//!    first in line. *It does not give it the lock*: whoever comes by meanwhile may take it, and
//!    goes on without a task switch. PARKED stays clear, and unlocking costs one exchange, for as
//!    long as one who was woken is on its way; so nobody else is woken in vain.
//! 4. The one who was woken tries, and either way sets PARKED again if there are others in the
//!    queue. If it lost, it goes back to the *front*, and counts its losses.
//! 5. When the first in line has lost [`LOSSES_MAX`] times, unlocking gives it the lock: LOCKED
//!    stays set. So nobody is overtaken without bound, once it is first; and who is behind it is
//!    not overtaken by anybody in the queue.
//! 6. Who was woken and gives up does what it would have done at rule 4 for the others: it sets
//!    PARKED, or wakes the next one if the lock is free. Who was given the lock unlocks it.
//!
//! That running tasks may overtake is worth a factor of ten where locks are held for a few
//! instructions: a lock that is handed over lies idle for the length of a task switch. Go's and
//! parking_lot's mutexes do the same for threads; they bound the time of waiting where this one
//! bounds the number of losses, which needs no clock.

use crate::task::coop;
use pin_project_lite::pin_project;
use primitives::shim::atomic::{AtomicU32, Ordering};
use primitives::shim::{Mutant, const_fn};
use primitives::wait_queue::{Locked, Place, Queued, Seat, WaitQueue, Waiter};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

const LOCKED: u32 = 0b01;
const PARKED: u32 = 0b10;

/// How often one who was woken may find the lock taken before it is handed over.
pub(super) const LOSSES_MAX: u32 = 4;

/// What is known of a waiter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Note {
    losses: u32,
    /// It holds the lock, by rule 5.
    granted: bool,
}

/// A lock that tasks wait for.
#[derive(Debug)]
pub(crate) struct RawMutex {
    word: AtomicU32,
    queue: WaitQueue<(), Note>,
}

impl Queued for RawMutex {
    type Owner = Self;
    type State = ();
    type Note = Note;

    fn wait_queue(mutex: &Self) -> &WaitQueue<(), Note> {
        &mutex.queue
    }
}

impl RawMutex {
    const_fn! {
        pub(crate) const fn new() -> Self {
            Self { word: AtomicU32::new(0), queue: WaitQueue::new(()) }
        }
    }

    /// Takes the lock if it is free, whoever waits for it.
    #[inline]
    pub(crate) fn try_lock(&self) -> bool {
        // ORDERING: Acquire pairs with the Release of unlocking.
        match self.word.compare_exchange(
            0,
            LOCKED,
            Mutant::MutexLockAcquire.weaken(Ordering::Acquire),
            Ordering::Relaxed,
        ) {
            Ok(_) => true,
            Err(found) => found & LOCKED == 0 && self.lock_or(found, |_| None),
        }
    }

    /// Exchanges the word until it has taken the lock (true), or has set what `otherwise` makes of
    /// a word that is LOCKED (false). `None` means to leave that as it is.
    fn lock_or(&self, mut word: u32, otherwise: impl Fn(u32) -> Option<u32>) -> bool {
        loop {
            let is_free = word & LOCKED == 0;
            let next = if is_free { Some(word | LOCKED) } else { otherwise(word) };
            let Some(next) = next else { return false };
            // ORDERING: Acquire pairs with the Release of unlocking. Nothing is published: what
            // goes with PARKED is in the queue, behind its lock.
            match self.word.compare_exchange_weak(word, next, Ordering::Acquire, Ordering::Relaxed)
            {
                Ok(_) => return is_free,
                Err(found) => word = found,
            }
        }
    }

    fn is_locked(&self) -> bool {
        // ORDERING: Relaxed; a guess.
        self.word.load(Ordering::Relaxed) & LOCKED != 0
    }

    /// Waits for the lock.
    #[inline]
    pub(crate) async fn lock(&self) {
        if coop::is_left() && self.try_lock() {
            return coop::spend();
        }
        Lock { waiter: Waiter::new(self, Note::default()) }.await;
    }

    /// Frees the lock. Only for who holds it.
    #[inline]
    pub(crate) fn unlock(&self) {
        // ORDERING: Release publishes what was done under the lock to the next holder.
        let order = Mutant::MutexUnlockRelease.weaken(Ordering::Release);
        if self.word.compare_exchange(LOCKED, 0, order, Ordering::Relaxed).is_err() {
            self.unlock_parked();
        }
    }

    /// Rules 3 and 5.
    #[cold]
    fn unlock_parked(&self) {
        let mut locked = self.queue.lock();
        if let Some(first) = locked.front()
            && first.losses >= LOSSES_MAX
        {
            // It reads what was done under the lock after it has had the queue's lock.
            first.granted = true;
            let waker = locked.wake_front();
            self.set_parked(&locked);
            return wake(locked, waker);
        }
        // ORDERING: Release as in `unlock`. PARKED is cleared for good: it is set under the
        // queue's lock only.
        self.word.store(0, Mutant::MutexUnlockRelease.weaken(Ordering::Release));
        let waker = locked.wake_front();
        wake(locked, waker);
    }

    /// Makes PARKED say whether there is somebody in the queue, while the lock is held.
    fn set_parked(&self, locked: &Locked<'_, (), Note>) {
        let order = Ordering::Relaxed;
        // ORDERING: Relaxed; the queue is behind its own lock, which is held.
        if locked.is_empty() {
            self.word.fetch_and(!PARKED, order);
        } else if !Mutant::MutexParkedLost.is_active() {
            self.word.fetch_or(PARKED, order);
        }
    }

    /// Takes the lock, or sees to it that whoever frees it looks into the queue.
    fn lock_or_park(&self) -> bool {
        // ORDERING: only a guess at what the exchange will find.
        let word = self.word.load(Ordering::Relaxed);
        self.lock_or(word, |word| Some(word | PARKED))
    }

    /// Rule 6, for one who was woken and does not want the lock any more.
    fn pass_on(&self, mut locked: Locked<'_, (), Note>) {
        if locked.is_empty() || Mutant::MutexDropKeepsWake.is_active() {
            return;
        }
        if !self.park_if_locked() {
            let waker = locked.wake_front();
            wake(locked, waker);
        }
    }

    /// Sets PARKED, unless the lock is free.
    fn park_if_locked(&self) -> bool {
        // ORDERING: Relaxed; nothing is read or published here. Whoever is woken instead takes
        // the lock itself.
        let mut word = self.word.load(Ordering::Relaxed);
        while word & LOCKED != 0 {
            let next = word | PARKED;
            match self.word.compare_exchange(word, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(found) => word = found,
            }
        }
        false
    }
}

/// Wakes, now that the queue is as it should be.
fn wake(locked: Locked<'_, (), Note>, waker: Option<Waker>) {
    drop(locked);
    if let Some(waker) = waker {
        waker.wake();
    }
}

pin_project! {
    /// Waits for the lock.
    #[derive(Debug)]
    struct Lock<'a> {
        #[pin]
        waiter: Waiter<RawMutex, &'a RawMutex>,
    }

    impl PinnedDrop for Lock<'_> {
        fn drop(this: Pin<&mut Self>) {
            let mut waiter = this.project().waiter;
            if waiter.as_mut().is_inside() {
                give_up(waiter.seat());
            }
        }
    }
}

fn give_up(mut seat: Seat<'_, RawMutex, &RawMutex>) {
    let mutex: &RawMutex = seat.home();
    let left = seat.leave();
    let locked = seat.into_locked();
    match left.place {
        Place::Woken if left.note.granted => {
            drop(locked);
            mutex.unlock();
        }
        Place::Woken => mutex.pass_on(locked),
        Place::Waiting | Place::Outside => drop(locked),
    }
}

impl Future for Lock<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // A task whose turn is over still gets its place in line.
        if !coop::is_left() && self.as_mut().is_on_offer() {
            ready!(coop::poll_turn(context));
        }
        let polled = self.poll_lock(context.waker());
        coop::account(polled, coop::Resource::Mutex)
    }
}

impl Lock<'_> {
    /// Whether it would not have to wait.
    #[cold]
    fn is_on_offer(self: Pin<&mut Self>) -> bool {
        let seat = self.project().waiter.seat();
        match seat.place() {
            Place::Outside => !seat.home().is_locked(),
            Place::Waiting => false,
            Place::Woken => true,
        }
    }

    fn poll_lock(self: Pin<&mut Self>, current: &Waker) -> Poll<()> {
        let mut waiter = self.project().waiter;
        // It is needed unless the lock is free by now, or this poll is not the answer to a wake.
        let mut spare = Some(current.clone());
        let mut seat = waiter.as_mut().seat();
        match seat.place() {
            Place::Woken if seat.note().granted => {
                let _ = seat.leave();
                return Poll::Ready(());
            }
            // Somebody else's wake; but the lock may be free for a moment, and the first in line
            // on its way. It is not for us then.
            Place::Waiting => {
                seat.park(&mut spare, current);
                drop(seat);
                return Poll::Pending;
            }
            Place::Woken | Place::Outside => {}
        }
        if seat.home().lock_or_park() {
            let _ = seat.leave();
            // Rule 4, having won.
            seat.home().set_parked(&seat);
            return Poll::Ready(());
        }
        if seat.place() == Place::Woken {
            seat.note().losses += 1;
            seat.park_first(&mut spare, current);
        } else {
            seat.park(&mut spare, current);
        }
        Poll::Pending
    }
}
