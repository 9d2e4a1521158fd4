//! Steps that a model may take out, to show that it would notice.
//!
//! A model that passes proves little until a broken protocol makes it fail. Each variant of
//! [`Mutant`] names one ordering, fence or step of the shipped code. In production
//! [`is_active`](Mutant::is_active) is the constant `false` and nothing of this is left in the
//! program; under loom a test switches one mutant on for its own thread and expects its model to
//! fail.

use super::atomic::{Ordering, fence};

/// Declares the enum and the list of all its variants together, so that none can be left out.
macro_rules! mutants {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// One place where a protocol can be broken on purpose.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Mutant {
            $($(#[$doc])* $name,)+
        }

        impl Mutant {
            /// Every mutant, for the test that each of them is noticed by some model.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

mutants! {
    /// [`Permit::notify`](crate::permit::Permit::notify) publishes nothing (Relaxed swap).
    PermitNotifyRelease,
    /// [`Permit::fall_asleep`](crate::permit::Permit::fall_asleep) overwrites a pending permit.
    PermitIgnored,
    /// [`Parker::unpark`](crate::parker::Parker::unpark) rings without passing through the gate.
    ParkerGate,
    /// The thread favoured by a [`BiasedLock`](crate::biased_lock::BiasedLock) goes without its
    /// fence.
    BiasedLightFence,
    /// Whoever takes the bias away goes without the fence.
    BiasedHeavyFence,
    /// Whoever takes the bias away does not wait until the favoured thread is out.
    BiasedRevokeAtOnce,
    /// Any thread may become favoured after another was.
    BiasedSecondFavourite,
    /// The favoured thread publishes nothing when it unlocks.
    BiasedLeaveRelease,
    /// The queue's push publishes its slot without Release.
    QueuePushRelease,
    /// The queue's pop goes without the fence between claiming the bottom and reading the top.
    QueuePopFence,
    /// The queue's pop takes the last item without competing for it.
    QueuePopLastRace,
    /// A thief goes without the fence between reading the top and reading the bottom.
    QueueStealFence,
    /// A thief reads its slot after the claim, when the owner may have used the slot again: what
    /// the processor might do if the claim were no Release. loom does not delay loads itself.
    QueueStealLateRead,
    /// The LIFO slot's put publishes nothing (Relaxed swap).
    LifoPutRelease,
    /// The LIFO slot's take reads and clears in two steps.
    LifoTakeTwice,
    /// A push to the ordered queue does not say that it is no longer empty.
    OrderedPushSilent,
    /// The injector's push does not fence before it looks whether the injector was closed.
    InjectorPushFence,
    /// The injector's close does not fence before the drain.
    InjectorCloseFence,
    /// A producer does not fence between its push and its look at who is awake.
    IdleWakeFence,
    /// A worker does not fence between announcing sleep and its last look at the queues.
    IdleSleepFence,
    /// A searcher that gives up does not fence before its last look at the queues.
    IdleLeaveFence,
    /// The last searcher finds work and does not fence before it looks whether there is more.
    IdleStopFence,
    /// A worker that has told that all sleep does not fence before it looks whether one is awake.
    IdleAsleepFence,
    /// A worker that takes back that all sleep does not fence before it looks again.
    IdleRelapseFence,
    /// A worker that takes back that all sleep does not look again.
    IdleRelapseUnseen,
    /// A worker that gets up does not fence before it tells that it is awake.
    IdleAwakeFence,
    /// The last searcher finds work and does not wake the next.
    IdleSearcherSilent,
    /// A searcher that finds work, but is not the last, does not publish what it leaves to others.
    IdleSearcherRelease,
    /// A worker whose last look finds several items takes one and wakes nobody for the rest.
    IdleLastLookSilent,
    /// A worker steps down because it has seen that too many are awake, not because they are.
    IdleStepDownUnasked,
    /// More workers may be awake than before, and nobody is woken for what has waited for that.
    IdleLimitSilent,
    /// A stand-in falls asleep in a seat without checking that it still holds it.
    SeatStaleTenure,
    /// A stand-in that gets up does not look whether the worker wants its seat back.
    SeatWishUnheard,
    /// A worker that wants its seat back does not wake its stand-in.
    SeatWishSilent,
    /// A seat changes hands without publishing what was done in it (Relaxed exchanges).
    SeatHandOver,
    /// An arrival at a join that is not the last publishes nothing (Relaxed addition).
    JoinArriveRelease,
    /// The last arrival at a join, which writes nothing, does not acquire the others.
    JoinLastAcquire,
    /// Who finds by its addition that it was the last has not acquired the others.
    JoinAddAcquire,
    /// An arrival decides by what it read before its addition.
    JoinStaleCount,
    /// A worker that gets up does not publish that to an observer on its way to rest.
    RestRouse,
    /// A wake during a poll is forgotten when the poll returns Pending.
    TaskWakeDuringPoll,
    /// A wake of a task that is queued already leaves the word alone, and so publishes nothing.
    TaskWakeQuietly,
    /// The output is published without Release.
    TaskCompleteRelease,
    /// The join handle's interest is given up without noticing that the task has completed.
    TaskJoinDropRace,
    /// A join waker is stored without checking that the task completed meanwhile.
    TaskJoinWakerRace,
    /// The join handle reads without Acquire whether its waker is in use.
    TaskJoinWaitingAcquire,
    /// The last reference is dropped without Acquire.
    TaskLastReference,
    /// A join handle frees a cell that nobody else holds without Acquire.
    TaskLeaveAcquire,
    /// A cell goes back to its slab from another thread without Release.
    SlabReturnRelease,
    /// A cell goes back to its slab without a look at whether the slab has been closed meanwhile.
    SlabReturnUnasked,
    /// A cell that comes back after its slab was closed does not publish its end.
    SlabLateRelease,
    /// An abort of an idle task does not put it into a queue.
    TaskAbortIdle,
    /// An abort during a poll is not seen when the poll returns Pending.
    TaskAbortDuringPoll,
    /// A shutdown takes the future out of the hands of the thread that polls it.
    TaskShutDownRunning,
    /// Sender and receiver of a closed channel do not fence between what they give back and their
    /// look at what the other has.
    ChannelIdleFence,
    /// Permits are taken without Acquire.
    PermitsAcquire,
    /// Permits are given back without Release.
    PermitsRelease,
    /// A waiter that gives up keeps the permits that it was given.
    PermitsDropKeeps,
    /// The mutex is taken without Acquire.
    MutexLockAcquire,
    /// A new task is published in its cell without Release.
    SlabPublishRelease,
    /// Whoever looks at tasks takes a reference to one that has ended.
    TaskPinGone,
    /// The mutex is freed without Release.
    MutexUnlockRelease,
    /// Who takes the mutex after it was woken does not say that others wait.
    MutexParkedLost,
    /// A woken waiter that gives up keeps the wake-up to itself.
    MutexDropKeepsWake,
    /// A signal is left behind without Release.
    NotifyRelease,
    /// A signal for one goes to somebody whom an unfinished signal for all has been given to.
    NotifyTakesAlls,
    /// A waiter that gives up keeps the signal that it was given.
    NotifyDropKeeps,
    /// A value that is set once is published without Release.
    OnceFillRelease,
    /// A value that is set once is read without Acquire.
    OnceGetAcquire,
    /// A channel's message is published without Release.
    ChannelPublishRelease,
    /// A channel's message is taken without Acquire.
    ChannelPopAcquire,
    /// A channel's empty block is kept to be used again without Release.
    ChannelKeepRelease,
    /// The receiver waits without asking the sender of the next message to wake it.
    ChannelAwaitBlindly,
    /// A sender waits without looking whether room came free while it got in line.
    CapacityParkBlindly,
    /// The receiver serves those who wait for room once, and forgets that others wait.
    CapacityServeOnce,
    /// A oneshot's value is published without Release.
    OneshotCompleteRelease,
    /// A oneshot's waker is published without Release.
    OneshotWaitRelease,
    /// A oneshot's waker is changed although the other end may be reading it.
    OneshotWakerRace,
}

impl Mutant {
    /// Whether this thread's model has switched the mutant on.
    #[cfg(not(loom))]
    #[inline(always)]
    pub const fn is_active(self) -> bool {
        let _ = self;
        false
    }

    /// Whether this thread's model has switched the mutant on.
    #[cfg(loom)]
    pub fn is_active(self) -> bool {
        active::is(self)
    }

    /// `strong`, or Relaxed while the mutant is active.
    #[inline(always)]
    pub fn weaken(self, strong: Ordering) -> Ordering {
        if self.is_active() { Ordering::Relaxed } else { strong }
    }

    /// A sequentially consistent fence, or nothing while the mutant is active.
    #[inline(always)]
    pub fn fence(self) {
        if !self.is_active() {
            fence(Ordering::SeqCst);
        }
    }

    /// Runs `body` with the mutant active on this thread.
    #[cfg(loom)]
    pub fn with<R>(self, body: impl FnOnce() -> R) -> R {
        active::with(self, body)
    }
}

#[cfg(loom)]
mod active {
    use super::Mutant;
    use std::cell::Cell;

    // A std thread-local on purpose: loom runs all threads of a model on the test's own thread.
    std::thread_local! {
        static ACTIVE: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// Switches back off, also when the model panics.
    struct Reset;

    impl Drop for Reset {
        fn drop(&mut self) {
            ACTIVE.set(None);
        }
    }

    pub(super) fn is(mutant: Mutant) -> bool {
        ACTIVE.get() == Some(mutant)
    }

    pub(super) fn with<R>(mutant: Mutant, body: impl FnOnce() -> R) -> R {
        ACTIVE.set(Some(mutant));
        let _reset = Reset;
        body()
    }
}
