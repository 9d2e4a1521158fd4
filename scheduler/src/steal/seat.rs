//! A worker's place among those that run, which another thread may take over.

use primitives::shim::Mutant;
use primitives::shim::atomic::{AtomicU64, Ordering};

/// The holder sleeps, or is about to, or is just getting up.
const ASLEEP: u64 = 1;
/// The holder is a stand-in.
const LENT: u64 = 2;
/// The worker has come back while its stand-in sleeps.
const WANTED: u64 = 4;
/// The number of the tenure is above the flags.
const TENURE_ONE: u64 = 8;
const FLAGS: u64 = TENURE_ONE - 1;

/// Who of several threads may sleep, and be woken, as worker number so and so.
///
/// There are as many seats as workers ought to run, and each has one holder at a time: the worker
/// itself, or, while that is stuck in a poll, a stand-in. A holder alone may enter itself into the
/// [`Idle`](super::Idle) register under the worker's number and sleep in the worker's reactor. To
/// run tasks no seat is needed: who has lost one finishes its poll first and finds out then.
///
/// # States
///
/// ```text
///              fall_asleep                     lend, tenure n + 1
///   own,  n ◄─────────────► own, n, asleep    ┌──────────────────► lent, n + 1
///   awake        wake_up                      │                    awake
///     │                                       │                     │  ▲ │ lend: n + 2, the
///     └───────────────────────────────────────┘         fall_asleep │  │ │ stand-in is stuck too
///     ▲                                                             ▼  │ ▼
///     │  take_back, tenure n + 2                                  lent, n + 1
///     ├────────────────────────────────── lent, awake             asleep
///     │                                                             │ take_back
///     │  wake_up of the stand-in, tenure n + 2                      ▼
///     └────────────────────────────────── lent, n + 1, asleep, wanted
/// ```
///
/// # Protocol
///
/// 1. Each tenure has a number of its own. Every change is an exchange of the whole word, which a
///    holder begins from the very word that it was given: so one who has lost the seat cannot fall
///    asleep in it.
/// 2. A seat is never taken from a sleeper. The worker that wants it back says so and wakes the
///    stand-in ([`TakeBack::Wake`]), which passes the seat on as the first thing that it does, and
///    rings for the worker.
/// 3. Whoever takes a seat over acquires what its last holder has released. A wake-up that the
///    stand-in has used up may have been the worker's, which therefore looks at everything once
///    more before it sleeps, as if it had just been woken.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::steal::{Seat, TakeBack};
///
/// let (seat, own) = (Seat::new(), Seat::FIRST);
/// let stand_in = seat.lend(own).expect("the worker is awake, and stuck");
/// assert!(!seat.fall_asleep(own), "it has lost its seat");
/// let TakeBack::Taken(own) = seat.take_back() else { panic!("the stand-in is awake") };
/// assert!(!seat.is_held_in(stand_in));
/// assert!(seat.fall_asleep(own));
/// assert!(seat.lend(own).is_none(), "it sleeps");
/// ```
#[derive(Debug, Default)]
pub struct Seat {
    word: AtomicU64,
}

/// The time during which a seat has one holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure(u64);

/// Who holds a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glimpse {
    /// Since when.
    pub tenure: Tenure,
    /// Whether it is a stand-in, and not the worker.
    pub is_lent: bool,
    /// Whether it sleeps.
    pub is_asleep: bool,
}

/// What became of a worker's wish to have its seat back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeBack {
    /// It holds the seat.
    Taken(Tenure),
    /// The stand-in sleeps. It has to be woken, once, and will ring for the worker.
    Wake,
    /// The stand-in was woken already.
    Coming,
}

impl Seat {
    /// The first tenure, which is the worker's own.
    pub const FIRST: Tenure = Tenure(0);

    /// A seat that its worker holds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Who holds it at this moment. A hint, for [`lend`](Self::lend).
    pub fn glimpse(&self) -> Glimpse {
        // ORDERING: Relaxed; `lend` decides.
        let word = self.word.load(Ordering::Relaxed);
        Glimpse {
            tenure: Tenure(word & !(ASLEEP | WANTED)),
            is_lent: word & LENT != 0,
            is_asleep: word & ASLEEP != 0,
        }
    }

    /// Whether the tenure has not ended; for its holder, while that is awake.
    #[inline]
    pub fn is_held_in(&self, tenure: Tenure) -> bool {
        // ORDERING: Relaxed; whoever acts upon a change exchanges the word.
        self.word.load(Ordering::Relaxed) == tenure.0
    }

    /// The holder is about to sleep. False if it has lost the seat, and may not.
    #[must_use = "who has lost the seat may not sleep in it"]
    pub fn fall_asleep(&self, tenure: Tenure) -> bool {
        if Mutant::SeatStaleTenure.is_active() {
            self.word.fetch_or(ASLEEP, Ordering::AcqRel);
            return true;
        }
        self.exchange(tenure.0, tenure.0 | ASLEEP)
    }

    /// The holder is awake again, and has left the places of sleep. False if the seat went back to
    /// the worker, for whom the caller then has to ring.
    #[must_use = "somebody waits for the seat"]
    pub fn wake_up(&self, tenure: Tenure) -> bool {
        if self.exchange(tenure.0 | ASLEEP, tenure.0) {
            return true;
        }
        if Mutant::SeatWishUnheard.is_active() {
            return true;
        }
        // Nothing but the wish can have been added to a sleeper's word.
        let passed_on = self.exchange(tenure.0 | ASLEEP | WANTED, Self::own_after(tenure.0).0);
        debug_assert!(passed_on, "a seat was taken from a sleeper");
        false
    }

    /// Takes the seat from a holder that was found stuck, for a stand-in. `None` if that tenure has
    /// ended, or the holder sleeps.
    pub fn lend(&self, from: Tenure) -> Option<Tenure> {
        let lent = Tenure((from.0 & !FLAGS).wrapping_add(TENURE_ONE) | LENT);
        self.exchange(from.0, lent.0).then_some(lent)
    }

    /// The worker is no longer stuck and claims its seat.
    pub fn take_back(&self) -> TakeBack {
        // Bounded by what others do to the word, each of which is a step of theirs.
        loop {
            // ORDERING: Acquire, like the exchanges: the stand-in may have passed it on.
            let word = self.word.load(Mutant::SeatHandOver.weaken(Ordering::Acquire));
            if word & LENT == 0 {
                return TakeBack::Taken(Tenure(word));
            }
            if word & WANTED != 0 {
                return TakeBack::Coming;
            }
            if word & ASLEEP == 0 {
                let own = Self::own_after(word);
                if self.exchange(word, own.0) {
                    return TakeBack::Taken(own);
                }
            } else if self.exchange(word, word | WANTED) {
                return if Mutant::SeatWishSilent.is_active() {
                    TakeBack::Coming
                } else {
                    TakeBack::Wake
                };
            }
        }
    }

    fn own_after(word: u64) -> Tenure {
        Tenure((word & !FLAGS).wrapping_add(TENURE_ONE))
    }

    fn exchange(&self, from: u64, to: u64) -> bool {
        // ORDERING: Release publishes what this holder did in the seat, Acquire takes over what the
        // last one did; see rule 3. Nothing is learnt from a failure.
        let order = Mutant::SeatHandOver.weaken(Ordering::AcqRel);
        self.word.compare_exchange(from, to, order, Ordering::Relaxed).is_ok()
    }
}
