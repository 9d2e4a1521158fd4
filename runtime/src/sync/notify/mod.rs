//! A signal without a value.
//!
//! ```text
//!   word:  │ how often notify_waiters was called │ EMPTY, WAITING or NOTIFIED │
//!
//!            notify_one, nobody waits           notified: uses the permit up
//!   EMPTY ─────────────────────────────► NOTIFIED ──────────────────────────► EMPTY
//!     │ notified: waits                                                         ▲
//!     └───────────────────► WAITING ──── the last one who waits is woken ───────┘
//! ```
//!
//! # Protocol
//!
//! 1. EMPTY and NOTIFIED are exchanged without the queue's lock. WAITING is set and left under it.
//! 2. A [`Notified`] remembers how many calls of `notify_waiters` there had been when it was made.
//!    If there have been more since, it is done.
//! 3. So `notify_waiters` counts its call, and then wakes in batches whoever is in the queue from
//!    before. Those are at the front: nobody enters with an old count. Whoever else meets one of
//!    them meanwhile (a `notify_one`) wakes it on behalf of that call, and goes on to the next.
//! 4. Who was given the signal of a `notify_one` and gives up hands it on.

mod notified;
mod owned_notified;
mod waiting;

pub use notified::Notified;
pub use owned_notified::OwnedNotified;

use crate::task::coop;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use primitives::shim::{Mutant, const_fn};
use primitives::wait_queue::{Locked, Queued, WaitQueue};
use std::sync::Arc;
use waiting::Waiting;

const EMPTY: usize = 0;
const WAITING: usize = 1;
const NOTIFIED: usize = 2;
const STATES: usize = 0b11;
/// One call of `notify_waiters`.
const CALL: usize = 0b100;

/// The count of calls that `word` holds, still shifted.
fn calls(word: usize) -> usize {
    word & !STATES
}

/// Tells one task, or all that wait, that something has happened. What has happened is kept
/// elsewhere.
///
/// [`notify_one`](Self::notify_one) leaves at most one signal behind if nobody waits;
/// [`notify_waiters`](Self::notify_waiters) leaves none, but reaches everybody who has *called*
/// [`notified`](Self::notified) before, polled or not.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::Notify;
/// use std::sync::Arc;
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let bell = Arc::new(Notify::new());
/// let visitor = Arc::clone(&bell);
/// let task = graph_runtime::spawn(async move { visitor.notify_one() });
/// bell.notified().await;
/// task.await.unwrap();
/// # }
/// ```
#[derive(Debug)]
pub struct Notify {
    word: AtomicUsize,
    queue: WaitQueue<(), Note>,
}

/// What is known of a waiter.
#[derive(Debug, Clone, Copy)]
struct Note {
    /// The calls of `notify_waiters` when it entered.
    calls: usize,
    given: Option<Given>,
}

/// Who woke a waiter, which it has to pass on if it gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    First,
    Last,
    All,
}

/// Waiting for a signal.
#[derive(Debug)]
struct Signal;

impl Queued for Signal {
    type Owner = Notify;
    type State = ();
    type Note = Note;

    fn wait_queue(notify: &Notify) -> &WaitQueue<(), Note> {
        &notify.queue
    }
}

impl Notify {
    const_fn! {
        /// A signal that has not been given.
        pub const fn new() -> Self {
            Self { word: AtomicUsize::new(EMPTY), queue: WaitQueue::new(()) }
        }
    }

    const_fn! {
        /// As [`new`](Self::new), for statics.
        pub const fn const_new() -> Self {
            Self::new()
        }
    }

    /// Waits for the signal.
    ///
    /// The future counts as waiting for [`notify_waiters`](Self::notify_waiters) from this call
    /// on, but for [`notify_one`](Self::notify_one) only from its first poll on, or from
    /// [`Notified::enable`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place in line. A `notify_one` that it had received goes to
    /// whoever is next, or stays behind.
    pub fn notified(&self) -> Notified<'_> {
        Notified::new(Waiting::new(self))
    }

    /// Waits until `is_reached`, which is looked at again after each call of `notify_waiters`.
    pub(in crate::sync) async fn notified_until(&self, is_reached: impl Fn() -> bool) {
        coop::turn().await;
        loop {
            // From here on, a change that is not seen below gives the signal.
            let changed = self.notified();
            if is_reached() {
                return coop::spend();
            }
            changed.await;
        }
    }

    /// As [`notified`](Self::notified); the future holds on to the signal by itself.
    ///
    /// # Cancel safety
    ///
    /// As for [`notified`](Self::notified).
    pub fn notified_owned(self: Arc<Self>) -> OwnedNotified {
        OwnedNotified::new(Waiting::new(self))
    }

    /// Wakes who has waited longest, or leaves the signal for who comes next. Signals that nobody
    /// has taken are one.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::Notify;
    ///
    /// # #[graph_runtime::main]
    /// # async fn main() {
    /// let signal = Notify::new();
    /// signal.notify_one();
    /// signal.notify_one();
    /// signal.notified().await;
    /// let mut again = std::pin::pin!(signal.notified());
    /// assert!(!again.as_mut().enable(), "two signals are one");
    /// # }
    /// ```
    pub fn notify_one(&self) {
        self.notify(Given::First);
    }

    /// Wakes who has waited for the shortest time, or leaves the signal for who comes next. For
    /// pools in which whoever worked last works best.
    pub fn notify_last(&self) {
        self.notify(Given::Last);
    }

    /// Wakes everybody who has called [`notified`](Self::notified) so far. Leaves no signal.
    pub fn notify_waiters(&self) {
        // ORDERING: only a guess at what the exchange will find.
        let mut word = self.word.load(Ordering::Relaxed);
        while word & STATES != WAITING {
            // ORDERING: Release publishes what came before the signal to whoever sees the count.
            let order = Ordering::AcqRel;
            match self.word.compare_exchange(word, word + CALL, order, Ordering::Relaxed) {
                Ok(_) => return,
                Err(found) => word = found,
            }
        }
        let locked = self.queue.lock();
        // ORDERING: as above.
        let before = self.word.fetch_add(CALL, Ordering::AcqRel);
        let now = calls(before).wrapping_add(CALL);
        self.queue.wake_each(locked, |locked| {
            let woken = match locked.front() {
                // The count may wrap around, after 2^62 calls; nobody waits for that long.
                Some(note) if note.calls != now => {
                    note.given = Some(Given::All);
                    locked.wake_front()
                }
                _ => None,
            };
            self.settle(locked);
            woken
        });
    }

    fn notify(&self, whom: Given) {
        // ORDERING: only a guess at what the exchange will find.
        let mut word = self.word.load(Ordering::Relaxed);
        while word & STATES != WAITING {
            // ORDERING: Release publishes what came before the signal to whoever takes it; also
            // when there is one already, as that may be taken on behalf of both.
            match self.word.compare_exchange(
                word,
                calls(word) | NOTIFIED,
                Mutant::NotifyRelease.weaken(Ordering::AcqRel),
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(found) => word = found,
            }
        }
        self.notify_locked(self.queue.lock(), whom);
    }

    /// Gives the signal to one who waits, or leaves it.
    fn notify_locked<'a>(&'a self, locked: Locked<'a, (), Note>, whom: Given) {
        let mut pending = true;
        self.queue.wake_each(locked, |locked| {
            if !pending {
                return None;
            }
            // ORDERING: Relaxed; the count is changed by others only while nobody waits, and
            // then nobody's count is compared with it.
            let now = calls(self.word.load(Ordering::Relaxed));
            let last = whom == Given::Last && locked.back().is_some_and(|it| it.calls == now);
            let chosen = if last { locked.back() } else { locked.front() };
            let Some(note) = chosen else {
                self.leave_signal();
                return None;
            };
            // Rule 3: those of an unfinished `notify_waiters` are not for us.
            pending = note.calls != now && !Mutant::NotifyTakesAlls.is_active();
            note.given = Some(if pending { Given::All } else { whom });
            let woken = if last { locked.wake_back() } else { locked.wake_front() };
            if !pending {
                self.settle(locked);
            }
            woken
        });
    }

    /// Under the lock: nobody waits, so the signal stays behind.
    fn leave_signal(&self) {
        // ORDERING: only a guess at what the exchange will find.
        let mut word = self.word.load(Ordering::Relaxed);
        // ORDERING: Release as in `notify`.
        while let Err(found) = self.word.compare_exchange(
            word,
            calls(word) | NOTIFIED,
            Ordering::AcqRel,
            Ordering::Relaxed,
        ) {
            word = found;
        }
    }

    /// Under the lock: WAITING is left when nobody waits.
    fn settle(&self, locked: &Locked<'_, (), Note>) {
        // ORDERING: Relaxed; in WAITING only holders of the lock change the word, and what goes
        // with it is in the queue.
        let word = self.word.load(Ordering::Relaxed);
        if locked.is_empty() && word & STATES == WAITING {
            self.word.store(calls(word) | EMPTY, Ordering::Release);
        }
    }
}

impl Default for Notify {
    fn default() -> Self {
        Self::new()
    }
}
