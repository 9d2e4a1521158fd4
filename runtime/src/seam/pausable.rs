//! The machine's clock, which can be stopped and set forward.

use primitives::Timestamp;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The clock of a current-thread runtime.
///
/// It shows the machine's time until it is paused for the first time. From then on what it shows
/// is under a lock; it stands still, and runs on from where it stood when it is resumed. It never
/// goes backwards.
#[derive(Debug)]
pub(crate) struct Pausable {
    /// Whether the lock has to be looked under at all.
    ever_paused: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What the clock shows, or showed at `running_since`.
    shown: Timestamp,
    /// The machine's time when the clock was resumed; `None` while it is paused.
    running_since: Option<Timestamp>,
    /// Who works for the runtime elsewhere, so that nobody may assume that nothing happens before
    /// the next timer.
    holds: usize,
}

impl State {
    fn now(&self, machine: Timestamp) -> Timestamp {
        match self.running_since {
            None => self.shown,
            Some(since) => self.shown + (machine - since),
        }
    }
}

impl Pausable {
    /// Running with the machine's clock.
    pub(super) fn new() -> Self {
        let state = State { running_since: Some(Timestamp::ZERO), ..State::default() };
        Self { ever_paused: AtomicBool::new(false), state: Mutex::new(state) }
    }

    /// What the clock shows when the machine's shows `machine`.
    #[inline]
    pub(super) fn now(&self, machine: impl FnOnce() -> Timestamp) -> Timestamp {
        if !self.was_paused() {
            return machine();
        }
        let machine = machine();
        self.state.lock().now(machine)
    }

    #[inline]
    fn was_paused(&self) -> bool {
        // ORDERING: Relaxed; the state is behind its lock. A thread that has not heard of the
        // pause reads the clock before it.
        self.ever_paused.load(Ordering::Relaxed)
    }

    /// Whether the clock stands still.
    #[inline]
    pub(super) fn is_paused(&self) -> bool {
        self.was_paused() && self.state.lock().running_since.is_none()
    }

    /// Stops the clock. False if it stands still already.
    pub(super) fn pause(&self, machine: Timestamp) -> bool {
        let mut state = self.state.lock();
        if state.running_since.is_none() {
            return false;
        }
        state.shown = state.now(machine);
        state.running_since = None;
        // ORDERING: Relaxed, as above.
        self.ever_paused.store(true, Ordering::Relaxed);
        true
    }

    /// Lets the clock run on. False if it runs already.
    pub(super) fn resume(&self, machine: Timestamp) -> bool {
        let mut state = self.state.lock();
        let was_paused = state.running_since.is_none();
        if was_paused {
            state.running_since = Some(machine);
        }
        was_paused
    }

    /// Sets the clock forward. False if it runs.
    pub(super) fn advance(&self, duration: Duration) -> bool {
        let mut state = self.state.lock();
        let is_paused = state.running_since.is_none();
        if is_paused {
            state.shown = state.shown + duration;
        }
        is_paused
    }

    /// Sets the clock forward to `time`, if it stands still and nobody holds it.
    pub(super) fn skip_to(&self, time: Timestamp) -> bool {
        let mut state = self.state.lock();
        let may_skip = state.running_since.is_none() && state.holds == 0;
        if may_skip {
            state.shown = state.shown.max(time);
        }
        may_skip
    }

    /// Keeps the clock from being set forward to the next timer.
    pub(super) fn hold(&self) {
        self.state.lock().holds += 1;
    }

    /// Takes one [`hold`](Self::hold) back. Whether the clock stands still and might now be set
    /// forward.
    pub(super) fn release(&self) -> bool {
        let mut state = self.state.lock();
        state.holds -= 1;
        state.holds == 0 && state.running_since.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::{Pausable, Timestamp};
    use std::time::Duration;

    const fn at(nanos: u64) -> Timestamp {
        Timestamp::from_nanos(nanos)
    }

    #[test]
    fn it_runs_on_from_where_it_stood() {
        let clock = Pausable::new();
        assert_eq!(clock.now(|| at(5)), at(5));
        assert!(clock.pause(at(10)) && !clock.pause(at(11)));
        assert_eq!(clock.now(|| at(20)), at(10));
        assert!(clock.advance(Duration::from_nanos(7)));
        assert_eq!(clock.now(|| at(21)), at(17));
        assert!(clock.resume(at(30)) && !clock.resume(at(31)));
        assert!(!clock.advance(Duration::from_nanos(1)));
        assert_eq!(clock.now(|| at(32)), at(19));
        assert!(clock.pause(at(40)));
        assert_eq!(clock.now(|| at(50)), at(27));
    }

    #[test]
    fn it_skips_only_when_it_stands_and_nobody_holds_it() {
        let clock = Pausable::new();
        assert!(!clock.skip_to(at(100)), "it runs");
        clock.pause(at(10));
        clock.hold();
        clock.hold();
        assert!(!clock.skip_to(at(100)));
        assert!(!clock.release());
        assert!(!clock.skip_to(at(100)));
        assert!(clock.release());
        assert!(clock.skip_to(at(100)) && clock.skip_to(at(50)));
        assert_eq!(clock.now(|| at(11)), at(100), "never backwards");
    }
}
