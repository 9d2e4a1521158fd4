//! A lock that costs its usual user next to nothing.

#![allow(unsafe_code)] // Fenced: the value behind the lock.

use crate::asymmetric;
use crate::shim::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::shim::{Mutant, Mutex, MutexGuard, UnsafeCell, hint, thread};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// No thread has this number.
const NOBODY: u64 = 0;

/// How often in a row one thread has to take the lock before it is biased towards that thread: so
/// often that what it has paid is as much as taking the bias away again will cost.
#[cfg(not(loom))]
const STREAK: u32 = 256;
#[cfg(loom)]
const STREAK: u32 = 1;

/// Looks at a biased lock in use before the thread that waits for it lets others run.
const SPINS: u32 = 100;

/// Mutual exclusion for data that one thread uses nearly always, and others now and then.
///
/// The first thread that takes it some hundred times in a row becomes its *favourite*. While it is
/// favoured, it takes the lock with plain loads and stores, a nanosecond in place of ten. Any other
/// thread ends that, with a system call of some microseconds, and the lock is an ordinary mutex
/// until the favourite has shown by another streak that it is alone again. No other thread ever
/// takes the favourite's place. Where the system knows no such call, the lock always is a mutex.
///
/// # Protocol
///
/// ```text
///   favoured thread                         another thread
///   ───────────────                         ──────────────
///   (1) favoured == me?  no: (a)            (a) lock the gate
///   (2) held = true                         (b) favoured is somebody?
///   (3) light fence                         (c)   favoured = nobody
///   (4) favoured == me?  no: undo, (a)      (d)   heavy fence
///   (5) use the value                       (e)   wait until held == false
///   (6) held = false                        (f) use the value
///                                           (g) the favourite at the end of a streak:
///                                               favoured = me
///                                           (h) unlock the gate
/// ```
///
/// Only the favourite makes itself favoured, under the gate (g), and only others end that, under
/// the gate (c). So whoever holds the gate with nobody favoured and `held` false is alone, and so
/// is the favoured thread after (4): by the pair of fences, either (4) sees (c) or (e) sees (2).
/// (e) pairs with (6), and a favoured thread's last turn in (a) to (h) with the gate: each sees
/// what was written before.
///
/// There is one favourite for ever because of `held`: a thread that reads (1), is then stopped, and
/// goes on with (2) long after it lost its place finds that out at (4), but has written `held` and
/// undoes it. No other thread may have used that word meanwhile.
///
/// The favoured thread waits for nobody. The others wait at (e) for at most one use of the value;
/// they spin and then yield, since the favoured thread does not look whether somebody waits.
///
/// Sources: K. Kawachiya, A. Koseki, T. Onodera, "Lock reservation", OOPSLA 2002, for the
/// favourite; D. Dice, H. Huang, M. Yang, "Asymmetric Dekker synchronization", 2001, for the two
/// fences, of which the heavy one is `membarrier(2)` and the light one is for the compiler only.
///
/// # Examples
///
/// ```
/// use graph_runtime_primitives::biased_lock::BiasedLock;
///
/// let count = BiasedLock::new(0);
/// for _ in 0..1_000 {
///     *count.lock() += 1;
/// }
/// std::thread::scope(|scope| {
///     scope.spawn(|| *count.lock() += 1);
/// });
/// assert_eq!(*count.lock(), 1_001);
/// ```
pub struct BiasedLock<T> {
    /// The number of the favoured thread.
    favoured: AtomicU64,
    /// Whether the favoured thread uses the value. Written by the favourite only.
    held: AtomicBool,
    gate: Mutex<Streak>,
    value: UnsafeCell<T>,
}

/// Who passes through the gate.
#[derive(Debug)]
struct Streak {
    /// Who was the last.
    thread: u64,
    /// How often in a row before that.
    length: u32,
    /// The only thread that may be favoured, once there is one.
    favourite: u64,
}

impl Streak {
    /// Whether the thread that passed last is to be favoured.
    fn ends(&mut self) -> bool {
        if self.length < STREAK || !asymmetric::is_supported() {
            return false;
        }
        if self.favourite == NOBODY || Mutant::BiasedSecondFavourite.is_active() {
            self.favourite = self.thread;
        }
        self.favourite == self.thread
    }
}

// SAFETY: the lock hands the value to one thread at a time (see the protocol), so that the value
// has to be Send, as for any mutex.
unsafe impl<T: Send> Send for BiasedLock<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for BiasedLock<T> {}

/// Access to the value behind a [`BiasedLock`]; dropping it unlocks.
#[must_use = "dropping the guard unlocks at once"]
pub struct BiasedGuard<'a, T> {
    lock: &'a BiasedLock<T>,
    /// `None`: the favoured thread's way in.
    gate: Option<MutexGuard<'a, Streak>>,
    /// It belongs to the thread that locked.
    not_send: PhantomData<*const ()>,
}

impl<T> BiasedLock<T> {
    /// An unlocked lock around `value`, biased towards nobody.
    pub fn new(value: T) -> Self {
        Self {
            favoured: AtomicU64::new(NOBODY),
            held: AtomicBool::new(false),
            gate: Mutex::new(Streak { thread: NOBODY, length: 0, favourite: NOBODY }),
            value: UnsafeCell::new(value),
        }
    }

    /// Blocks until the lock is held.
    ///
    /// # Panics
    ///
    /// If the calling thread is favoured and holds it already. (A thread that is not would wait
    /// for itself, as with any mutex.)
    #[inline]
    pub fn lock(&self) -> BiasedGuard<'_, T> {
        let me = thread::number();
        // ORDERING: Relaxed; only this thread stores its own number, so it cannot be taken in.
        if self.favoured.load(Ordering::Relaxed) == me && self.enter(me) {
            return BiasedGuard { lock: self, gate: None, not_send: PhantomData };
        }
        self.lock_gate(me)
    }

    /// Steps (2) to (4).
    #[inline]
    fn enter(&self, me: u64) -> bool {
        // ORDERING: Relaxed; this thread's own word while it is favoured.
        assert!(!self.held.load(Ordering::Relaxed), "a biased lock was locked twice by its thread");
        // ORDERING: Relaxed; the light fence orders it before the load below.
        self.held.store(true, Ordering::Relaxed);
        asymmetric::light(Mutant::BiasedLightFence);
        // ORDERING: Acquire keeps the use of the value behind it. What others wrote to the value
        // before this thread became favoured, the gate has shown.
        let entered = self.favoured.load(Ordering::Acquire) == me;
        if !entered {
            self.leave();
        }
        entered
    }

    /// Step (6).
    #[inline]
    fn leave(&self) {
        // ORDERING: Release pairs with the Acquire in `revoke`.
        self.held.store(false, Mutant::BiasedLeaveRelease.weaken(Ordering::Release));
    }

    /// Steps (a) to (e).
    fn lock_gate(&self, me: u64) -> BiasedGuard<'_, T> {
        let mut gate = self.gate.lock();
        if gate.thread == me {
            gate.length = gate.length.saturating_add(1);
        } else {
            (gate.thread, gate.length) = (me, 0);
            self.revoke();
        }
        BiasedGuard { lock: self, gate: Some(gate), not_send: PhantomData }
    }

    /// Steps (b) to (e). Only with the gate locked.
    fn revoke(&self) {
        // ORDERING: Relaxed; it changes under the gate only.
        if self.favoured.load(Ordering::Relaxed) == NOBODY {
            return;
        }
        // ORDERING: Relaxed; the heavy fence orders it before the loads below.
        self.favoured.store(NOBODY, Ordering::Relaxed);
        asymmetric::heavy(Mutant::BiasedHeavyFence);
        let mut spins = 0;
        // ORDERING: Acquire pairs with the Release in `leave`: the favoured thread's use of the
        // value comes before this one's.
        while !Mutant::BiasedRevokeAtOnce.is_active() && self.held.load(Ordering::Acquire) {
            spins += 1;
            if spins < SPINS && cfg!(not(loom)) {
                hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }
}

impl<T> Deref for BiasedGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard's thread is alone with the value until the guard is dropped, by the
        // protocol; the reference does not outlive the guard.
        self.lock.value.with(|value| unsafe { &*value })
    }
}

impl<T> DerefMut for BiasedGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`, and the guard is borrowed mutably for as long.
        self.lock.value.with_mut(|value| unsafe { &mut *value })
    }
}

impl<T> Drop for BiasedGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        match &mut self.gate {
            None => self.lock.leave(),
            Some(gate) => {
                if gate.ends() {
                    // ORDERING: Relaxed; the gate, which is unlocked after this, publishes it.
                    self.lock.favoured.store(gate.thread, Ordering::Relaxed);
                }
            }
        }
    }
}

impl<T> fmt::Debug for BiasedLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BiasedLock").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{BiasedLock, NOBODY, STREAK};
    use crate::asymmetric;
    use crate::shim::thread;
    use std::sync::atomic::Ordering;

    fn favoured(lock: &BiasedLock<u64>) -> u64 {
        lock.favoured.load(Ordering::Relaxed)
    }

    fn become_favoured(lock: &BiasedLock<u64>) {
        for _ in 0..=STREAK {
            *lock.lock() += 1;
        }
    }

    #[test]
    fn one_thread_alone_is_favoured_until_another_comes() {
        let lock = BiasedLock::new(0);
        for _ in 0..STREAK {
            *lock.lock() += 1;
            assert_eq!(favoured(&lock), NOBODY);
        }
        *lock.lock() += 1;
        let expected = if asymmetric::is_supported() { thread::number() } else { NOBODY };
        assert_eq!(favoured(&lock), expected);
        std::thread::scope(|scope| {
            scope.spawn(|| *lock.lock() += 1);
        });
        assert_eq!(favoured(&lock), NOBODY);
        assert_eq!(*lock.lock(), u64::from(STREAK) + 2);
        assert_eq!(favoured(&lock), NOBODY, "its streak begins anew");
        become_favoured(&lock);
        assert_eq!(favoured(&lock), expected);
        std::thread::scope(|scope| {
            scope.spawn(|| become_favoured(&lock));
        });
        assert_eq!(favoured(&lock), NOBODY, "nobody takes the favourite's place");
    }

    #[test]
    fn nothing_is_lost_while_the_bias_comes_and_goes() {
        const EACH: u64 = 100_000;
        let lock = BiasedLock::new(0);
        std::thread::scope(|scope| {
            scope.spawn(|| (0..EACH).for_each(|_| *lock.lock() += 1));
            scope.spawn(|| {
                for round in 0..EACH / 100 {
                    *lock.lock() += 1;
                    (0..round % 50).for_each(|_| std::thread::yield_now());
                }
            });
        });
        assert_eq!(*lock.lock(), EACH + EACH / 100);
    }

    #[test]
    fn a_second_lock_by_its_thread_is_refused() {
        let lock = BiasedLock::new(0);
        become_favoured(&lock);
        if !asymmetric::is_supported() {
            return;
        }
        let guard = lock.lock();
        let second = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(lock.lock())));
        assert!(second.is_err());
        drop(guard);
        *lock.lock() += 1;
    }
}
