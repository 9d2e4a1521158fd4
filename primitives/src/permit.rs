//! One word that makes sleeping and waking safe against each other.

use crate::shim::Mutant;
use crate::shim::atomic::{AtomicU32, Ordering};

const EMPTY: u32 = 0;
const ASLEEP: u32 = 1;
const NOTIFIED: u32 = 2;

/// At most one pending wake-up for one sleeper.
///
/// The sleeper may sleep in whatever way it likes (a condition variable, `epoll_wait`); this word
/// only decides whether it may go to sleep and whether a waker has to disturb it.
///
/// ```text
///              (1) fall_asleep             (3) notify -> Wake
///   EMPTY ─────────────────────► ASLEEP ─────────────────────► NOTIFIED
///     ▲  ▲                          │                             │ ▲
///     │  └──────────────────────────┘                             │ │ (4) notify -> Nothing
///     │        (2) wake_up: woken by something else               └─┘
///     └───────────────────────────────────────────────────────────┘
///          (5) wake_up, or fall_asleep -> false: the permit is used up
///   EMPTY ──► NOTIFIED by notify -> Nothing: it will not fall asleep at (1)
/// ```
///
/// What it guarantees: everything written before [`notify`](Self::notify) is visible after the
/// [`fall_asleep`](Self::fall_asleep) that returned false, or the [`wake_up`](Self::wake_up) that
/// returned true, which used up that permit; and no notify is lost.
///
/// One thread sleeps, any number notify.
#[derive(Debug)]
pub struct Permit {
    word: AtomicU32,
}

/// What [`Permit::notify`] leaves the caller to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a sleeper that has to be woken sleeps on unless someone wakes it"]
pub enum Notify {
    /// The sleeper is asleep or just about to be: disturb its sleep.
    Wake,
    /// It is awake and will see the permit before it sleeps.
    Nothing,
}

impl Default for Permit {
    fn default() -> Self {
        Self::new()
    }
}

impl Permit {
    /// No permit, nobody asleep.
    pub fn new() -> Self {
        Self { word: AtomicU32::new(EMPTY) }
    }

    /// Leaves a permit. Any thread.
    #[inline]
    pub fn notify(&self) -> Notify {
        // ORDERING: Release publishes the notifier's writes to the sleeper's Acquire in
        // `fall_asleep` and `wake_up`. Acquire is not needed: the notifier reads nothing.
        match self.word.swap(NOTIFIED, Mutant::PermitNotifyRelease.weaken(Ordering::Release)) {
            ASLEEP => Notify::Wake,
            _ => Notify::Nothing,
        }
    }

    /// Announces sleep. False if there was a permit: it is used up, do not sleep.
    #[inline]
    pub fn fall_asleep(&self) -> bool {
        if Mutant::PermitIgnored.is_active() {
            self.word.swap(ASLEEP, Ordering::Acquire);
            return true;
        }
        // ORDERING: Acquire on failure pairs with the Release in `notify`.
        let result =
            self.word.compare_exchange(EMPTY, ASLEEP, Ordering::Relaxed, Ordering::Acquire);
        if result.is_err() {
            // Only the sleeper takes the word out of NOTIFIED, so a swap cannot meet anything
            // else; a second notify meanwhile is merged into the first.
            // ORDERING: Acquire pairs with that second notify's Release.
            self.word.swap(EMPTY, Ordering::Acquire);
        }
        result.is_ok()
    }

    /// Announces that the sleep is over, for whatever reason. True if a permit ended it.
    #[inline]
    pub fn wake_up(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `notify`.
        self.word.swap(EMPTY, Ordering::Acquire) == NOTIFIED
    }

    /// Whether a permit waits, without using it up. A hint only.
    #[inline]
    pub fn is_notified(&self) -> bool {
        // ORDERING: a hint; whoever acts on it goes through `fall_asleep` or `wake_up`.
        self.word.load(Ordering::Relaxed) == NOTIFIED
    }
}
