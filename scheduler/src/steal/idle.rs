//! Which workers sleep, and whom a producer has to wake.
//!
//! # States
//!
//! ```text
//!            (1) start_search            (3) fall_asleep
//!   Busy ───────────────────► Searching ─────────────────► Asleep
//!    ▲ ▲                          │                          │ │
//!    │ └──────────────────────────┘                          │ │
//!    │      (2) stop_search: found work                      │ │
//!    │                                 (4) wake_one chose it │ │
//!    │   Searching ◄─────────────────────────────────────────┘ │
//!    │                                                         │
//!    └─────────────────────────────────────────────────────────┘
//!           (5) wake_up: I/O, a timer or its last look woke it
//! ```
//!
//! A busy worker that may not search (enough others do) goes to sleep directly by (3).
//!
//! # The word
//!
//! ```text
//!   bit 63                 32 31                   0
//!   ┌────────────────────────┬──────────────────────┐
//!   │   awake (busy+search)  │      searching       │
//!   └────────────────────────┴──────────────────────┘
//! ```
//!
//! The word is changed with read-modify-writes only. `awake` and the list of sleepers change
//! together, under the lock; `searching` also changes without it. Producers look at the word
//! without the lock, and take it only when there is somebody to wake.
//!
//! # Why no wake-up is lost
//!
//! ```text
//!   producer:  queue ← item           worker:  word: awake − 1 (and searching − 1)
//!              fence(SeqCst)                   fence(SeqCst)
//!              read word                       look at every queue once more
//! ```
//!
//! Whichever fence comes second in the total order sees the other's write. If the worker's comes
//! second, its last look finds the item. If the producer's comes second, it sees one worker fewer
//! awake: then either nobody searches, and it wakes one; or somebody searches, and that searcher
//! has its own last look still before it, or finds work and wakes the next (2). A searcher that
//! finds more than it runs, and is not the last, publishes the rest by (2) to the last looks of
//! those that still search.
//!
//! At most one searcher is woken per item, and none while one is searching already: that one
//! wakes the next when it finds work. So a burst wakes workers one after another, not all at
//! once, and a steady trickle wakes nobody.
//!
//! # Telling that all sleep
//!
//! ```text
//!   the last to fall asleep:  read word: nobody awake    one that gets up:  word: awake + 1
//!                             told ← all asleep                             fence(SeqCst)
//!                             fence(SeqCst)                                 told ← awake
//!                             read word: still nobody?
//!                             if not: told ← awake
//!                                     fence(SeqCst)
//!                                     from the start
//! ```
//!
//! `told` is what an observer goes by ([`Rest`](super::Rest)), and several may write it. Of the
//! first fence and that of the one that gets up, whichever comes second sees the other's write: if
//! it is the latter, what it tells comes after "all asleep"; otherwise the other reads that
//! somebody is awake, and says so. That one may sleep again by then, and have told so already:
//! therefore the second fence, against the one with which it has fallen asleep, and another look.
//!
//! # When fewer may be awake than there are
//!
//! Producers wake nobody while as many are awake as may be. There are more only after the limit has
//! fallen, or when sleepers have woken up by themselves; then one after another steps down: it
//! gives away whatever it has and falls asleep, *without* the last look. It may, since that is
//! decided under the lock, by a count of which no sleeper has been left out: as many as may be
//! awake still are, and each of them takes its own last look before it sleeps. One that falls
//! asleep first has the other stay.
//!
//! Nobody is surplus by number. Whoever is called runs, as long as those who run are few enough, so
//! sleepers go on to watch over their own sockets and timers, and hand on what these bring.
//!
//! The shape follows Go's scheduler (D. Vyukov, "Scalable Go Scheduler Design", 2012).

use primitives::shim::atomic::{AtomicU64, AtomicUsize, Ordering};
use primitives::shim::{Mutant, Mutex};

const SEARCHING_ONE: u64 = 1;
const AWAKE_ONE: u64 = 1 << 32;

/// The register of sleeping workers. Workers are numbered from 0.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::steal::Idle;
///
/// let idle = Idle::new(2);
/// assert_eq!(idle.wake_one(), None, "all are awake");
/// idle.fall_asleep(1, false);
/// assert_eq!(idle.wake_one(), Some(1));
/// assert_eq!(idle.wake_one(), None, "worker 1 is searching already");
///
/// assert_eq!(idle.set_limit(1), None);
/// assert!(idle.step_down(1, true), "two are awake");
/// assert!(!idle.step_down(0, false), "one may be");
/// assert_eq!(idle.wake_one(), None);
/// assert_eq!(idle.set_limit(2), Some(1));
/// ```
#[derive(Debug)]
pub struct Idle {
    word: AtomicU64,
    sleepers: Mutex<Vec<usize>>,
    workers: usize,
    /// How many of them may be awake. Changed under the lock.
    limit: AtomicUsize,
}

/// How many workers were doing what at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleSnapshot {
    /// Workers that are not asleep, searchers included.
    pub awake: usize,
    /// Workers that look for work to steal.
    pub searching: usize,
}

impl Idle {
    /// A register of `workers` workers, all awake.
    pub fn new(workers: usize) -> Self {
        Self {
            word: AtomicU64::new(workers as u64 * AWAKE_ONE),
            sleepers: Mutex::new(Vec::with_capacity(workers)),
            workers,
            limit: AtomicUsize::new(workers),
        }
    }

    /// How many workers may be awake.
    pub fn limit(&self) -> usize {
        // ORDERING: a hint.
        self.limit.load(Ordering::Relaxed)
    }

    /// Lets `limit` workers be awake: at least 1, and at most all. The worker that must be woken
    /// for what may have waited for one more, if any. Those who are too many [step
    /// down](Self::step_down) by themselves.
    #[must_use = "work may wait"]
    pub fn set_limit(&self, limit: usize) -> Option<usize> {
        let mut sleepers = self.sleepers.lock();
        // ORDERING: Relaxed; the lock orders it for those who step down and those who wake. A
        // producer that misses a higher limit has pushed before the worker chosen here looks.
        self.limit.store(limit.clamp(1, self.workers.max(1)), Ordering::Relaxed);
        if Mutant::IdleLimitSilent.is_active() { None } else { self.choose_from(&mut sleepers) }
    }

    /// Whether more workers are awake than may be. Two loads.
    #[inline]
    pub fn has_surplus(&self) -> bool {
        self.snapshot().awake > self.limit()
    }

    /// Whether as many workers are awake as may be.
    pub fn is_full(&self) -> bool {
        self.snapshot().awake >= self.limit()
    }

    /// After an item was queued: the worker that must be woken for it, if any.
    ///
    /// The worker counts as awake and searching from here on; the caller unparks it.
    #[inline]
    pub fn wake_one(&self) -> Option<usize> {
        // ORDERING: pairs with the fence in `fall_asleep`: push before look at the word.
        Mutant::IdleWakeFence.fence();
        if self.should_wake() { self.choose() } else { None }
    }

    /// After a last look has found something, and the worker was [taken for](Self::leave_search) a
    /// searcher until then, or for one that is [awake](Self::wake_up): the worker that must be
    /// woken for what this one leaves behind, if any. Those who have queued it have woken nobody,
    /// and this worker takes but one item.
    pub fn wake_for_rest(&self) -> Option<usize> {
        if Mutant::IdleLastLookSilent.is_active() { None } else { self.wake_one() }
    }

    #[cold]
    fn choose(&self) -> Option<usize> {
        self.choose_from(&mut self.sleepers.lock())
    }

    fn choose_from(&self, sleepers: &mut Vec<usize>) -> Option<usize> {
        if !self.should_wake() {
            return None;
        }
        let chosen = sleepers.pop()?;
        // ORDERING: Relaxed; the lock orders changes of the list, and the count itself is a
        // read-modify-write that no one can miss.
        self.word.fetch_add(AWAKE_ONE + SEARCHING_ONE, Ordering::Relaxed);
        Some(chosen)
    }

    #[inline]
    fn should_wake(&self) -> bool {
        // ORDERING: Relaxed; the caller's fence, or the lock, orders it.
        let snapshot = unpack(self.word.load(Ordering::Relaxed));
        snapshot.searching == 0 && snapshot.awake < self.limit()
    }

    /// A worker has run out of work: true if it may search the others' queues. At most half of
    /// the awake workers search at a time, for more of them would only be in each other's way.
    pub fn start_search(&self) -> bool {
        let snapshot = self.snapshot();
        if 2 * snapshot.searching >= snapshot.awake.max(1) {
            return false;
        }
        // ORDERING: Relaxed; a searcher that nobody knows of yet does no harm.
        self.word.fetch_add(SEARCHING_ONE, Ordering::Relaxed);
        true
    }

    /// A searcher found work. True if it was the last one: it should then look whether there is
    /// more, and [`wake_one`](Self::wake_one) if so.
    #[must_use = "the last searcher wakes the next"]
    pub fn stop_search(&self) -> bool {
        // ORDERING: Release, for a searcher that is not the last wakes nobody. What it has brought
        // into its own queue must be seen by the others' last looks: their change of the word in
        // `fall_asleep` comes after this one, and the fence there acquires it.
        let order = Mutant::IdleSearcherRelease.weaken(Ordering::Release);
        let before = unpack(self.word.fetch_sub(SEARCHING_ONE, order));
        let is_last = before.searching == 1 && !Mutant::IdleSearcherSilent.is_active();
        if is_last {
            // ORDERING: pairs with the fence in `wake_one`: either what a producer has pushed is
            // seen by the look that follows, or the producer sees that nobody searches any more.
            Mutant::IdleStopFence.fence();
        }
        is_last
    }

    /// A searcher found nothing, and does something else before it sleeps. If true, it was the
    /// last one, and must look at every queue once more: whoever has queued something meanwhile
    /// has left it to the searcher, who then takes it, and calls
    /// [`wake_for_rest`](Self::wake_for_rest).
    #[must_use = "the last searcher looks once more"]
    pub fn leave_search(&self) -> bool {
        // ORDERING: Relaxed; the fence below orders it before the last look.
        let before = unpack(self.word.fetch_sub(SEARCHING_ONE, Ordering::Relaxed));
        // ORDERING: pairs with the fence in `wake_one`, like that in `fall_asleep`.
        Mutant::IdleLeaveFence.fence();
        before.searching == 1
    }

    /// A worker that has given away all it had falls asleep because [too many](Self::has_surplus)
    /// are awake; it need not look at the queues any more. False, and nothing has changed, if it is
    /// not one too many.
    #[must_use = "false means that the worker has to go on"]
    pub fn step_down(&self, worker: usize, searching: bool) -> bool {
        let mut sleepers = self.sleepers.lock();
        if !self.has_surplus() && !Mutant::IdleStepDownUnasked.is_active() {
            return false;
        }
        // ORDERING: Relaxed; the lock publishes what it has given away to those who fall asleep
        // after it.
        self.word.fetch_sub(going(searching), Ordering::Relaxed);
        sleepers.push(worker);
        true
    }

    /// The worker is about to sleep. It must look at every queue once more afterwards, and if it
    /// finds anything [`wake_up`](Self::wake_up) again and [`wake_for_rest`](Self::wake_for_rest).
    pub fn fall_asleep(&self, worker: usize, searching: bool) {
        let mut sleepers = self.sleepers.lock();
        // ORDERING: Relaxed; the fence below orders it before the last look.
        self.word.fetch_sub(going(searching), Ordering::Relaxed);
        sleepers.push(worker);
        drop(sleepers);
        // ORDERING: pairs with the fence in `wake_one`: announce before the last look.
        Mutant::IdleSleepFence.fence();
    }

    /// The worker is awake again, for whatever reason. True if [`wake_one`](Self::wake_one) chose
    /// it: it then is a searcher. False if it woke up by itself: it is busy.
    pub fn wake_up(&self, worker: usize) -> bool {
        let mut sleepers = self.sleepers.lock();
        let Some(place) = sleepers.iter().position(|&sleeper| sleeper == worker) else {
            return true;
        };
        sleepers.swap_remove(place);
        // ORDERING: as in `choose`.
        self.word.fetch_add(AWAKE_ONE, Ordering::Relaxed);
        false
    }

    /// A worker has [fallen asleep](Self::fall_asleep). If all have, `tell` is called with true,
    /// for whoever watches over them; with false if one is awake again by then; and so on for as
    /// long as others get up and fall asleep meanwhile, which bounds it.
    pub fn tell_if_all_asleep(&self, tell: impl Fn(bool)) {
        let all_asleep = || self.snapshot().awake == 0;
        while all_asleep() {
            tell(true);
            // ORDERING: pairs with the fence in `tell_awake`, as said above.
            Mutant::IdleAsleepFence.fence();
            if all_asleep() {
                return;
            }
            tell(false);
            // ORDERING: pairs with the fence in `fall_asleep` of the one that was awake: either it
            // is seen to sleep again, or what it tells then comes after this.
            Mutant::IdleRelapseFence.fence();
            if Mutant::IdleRelapseUnseen.is_active() {
                return;
            }
        }
    }

    /// A worker that [is awake](Self::wake_up) again calls `tell` with false.
    pub fn tell_awake(&self, tell: impl FnOnce(bool)) {
        // ORDERING: pairs with the fence in `tell_if_all_asleep`.
        Mutant::IdleAwakeFence.fence();
        tell(false);
    }

    /// How many workers are doing what right now.
    pub fn snapshot(&self) -> IdleSnapshot {
        // ORDERING: a hint.
        unpack(self.word.load(Ordering::Relaxed))
    }
}

/// What a worker that falls asleep takes from the word.
fn going(searching: bool) -> u64 {
    AWAKE_ONE + if searching { SEARCHING_ONE } else { 0 }
}

fn unpack(word: u64) -> IdleSnapshot {
    IdleSnapshot { awake: (word >> 32) as usize, searching: (word & 0xFFFF_FFFF) as usize }
}
