//! Where a paused clock is set forward.
//!
//! While the clock stands still no timer becomes due by itself. When the runtime has nothing left
//! to do but wait for one, the clock jumps to that very deadline: programs that sleep a lot then
//! take no time, and see the time pass as they would otherwise.

use super::Local;
use primitives::Timestamp;

impl Local {
    /// If the clock stands still: looks for I/O, and if there is nothing to do at all sets the
    /// clock forward to the next timer and fires it. Whether there is something to do now.
    pub(super) fn skips_to_next_timer(&self) -> bool {
        let clock = &self.shared.seams.clock;
        if !clock.is_paused() {
            return false;
        }
        if self.turn_without_wait() {
            return true;
        }
        // A timer that is due at the end of time never is.
        let next = self.remote().reactor.earliest_deadline();
        let Some(next) = next.filter(|&next| next < Timestamp::MAX) else { return false };
        !self.shared.sees_work()
            && self.pinned_waiting() == 0
            && clock.skip_to(next)
            && self.turn_without_wait()
    }

    /// Hands out what is ready or due. Whether that was anything, or somebody asks for this worker.
    fn turn_without_wait(&self) -> bool {
        self.enter_reactor();
        let (reactor, now) = (&self.remote().reactor, || self.shared.now());
        let turn = reactor.park(&now, Some(Timestamp::ZERO));
        self.leave_reactor();
        turn.unparked || turn.woken + turn.panicked > 0
    }
}
