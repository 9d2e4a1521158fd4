//! A timer's place in some worker's wheel.

use crate::context;
use crate::runtime::Handle;
use crate::task::coop;
use primitives::Timestamp;
use reactor::{Reactor, TimerKey};
use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

/// A century. Longer ones are cut to it: so a paused clock can be set forward past them.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A timer of one runtime, registered when it is first polled and not yet due.
///
/// What is usual costs little: a timer that is set and cancelled in time reads the clock once,
/// when it is made; one that fires is recognised by the moment up to which its reactor has fired
/// everything, without a lock and without the clock.
///
/// A timer that is due when it is first polled costs an operation of the task's budget. One that
/// was waited for costs none, and is not held back when the budget is used up: time has passed, so
/// it cannot keep a worker busy, and whoever waits for a channel that never runs dry has to see the
/// moment come.
pub(super) struct Entry {
    /// Only `drop` takes it out.
    handle: Option<Handle>,
    deadline: Timestamp,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Not polled yet. Whether the deadline is known to lie ahead of when the timer was made; if
    /// not, the first poll looks at the clock.
    New { ahead: bool },
    /// In the wheel of worker number `worker`, or fired.
    Registered { worker: u32, key: TimerKey },
    /// The deadline was seen to have passed, when the task's budget was used up.
    HeldBack,
    /// The deadline was seen to have passed.
    Elapsed,
}

impl Entry {
    /// A timer that is due `after` from now.
    #[inline]
    pub(super) fn after(handle: Handle, after: Duration) -> Self {
        let deadline = handle.shared().now() + after.min(LONGEST);
        Self { handle: Some(handle), deadline, state: State::New { ahead: !after.is_zero() } }
    }

    /// A timer that is due at `deadline`, which may have passed.
    pub(super) fn at(handle: Handle, deadline: Timestamp) -> Self {
        Self { handle: Some(handle), deadline, state: State::New { ahead: false } }
    }

    pub(super) fn deadline(&self) -> Timestamp {
        self.deadline
    }

    #[inline]
    pub(super) fn handle(&self) -> &Handle {
        self.handle.as_ref().expect("there until it is dropped")
    }

    /// Whether the deadline has passed for one who waits. Before that nobody has looked.
    pub(super) fn is_elapsed(&self) -> bool {
        !matches!(self.state, State::New { .. }) && self.is_past()
    }

    fn is_past(&self) -> bool {
        matches!(self.state, State::HeldBack | State::Elapsed)
            || self.handle().shared().now() >= self.deadline
    }

    /// Sets another deadline. The next poll registers anew.
    pub(super) fn reset(&mut self, deadline: Timestamp) {
        self.cancel();
        self.deadline = deadline;
        self.state = State::New { ahead: false };
    }

    /// Ready once the deadline has passed; until then the waker is woken when it does.
    #[track_caller]
    #[inline]
    pub(super) fn poll_elapsed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let polled = self.poll_state(cx);
        if polled.is_pending() {
            coop::wait_for(coop::Resource::Sleep);
        }
        polled
    }

    #[track_caller]
    #[inline]
    fn poll_state(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self.state {
            State::New { ahead: true } => self.register(cx),
            State::New { ahead: false } if self.is_past() => self.elapse_at_once(cx),
            State::New { ahead: false } => self.register(cx),
            State::Registered { worker, key } => self.poll_registered(worker, key, cx),
            State::HeldBack => self.elapse(),
            State::Elapsed => self.elapse_at_once(cx),
        }
    }

    /// Ready without having been waited for.
    fn elapse_at_once(&mut self, cx: &Context<'_>) -> Poll<()> {
        if coop::poll_turn(cx).is_pending() {
            self.state = State::HeldBack;
            return Poll::Pending;
        }
        coop::spend();
        self.elapse()
    }

    #[track_caller]
    fn poll_registered(&mut self, worker: u32, key: TimerKey, cx: &mut Context<'_>) -> Poll<()> {
        let reactor = self.reactor(worker);
        if reactor.expired_through() >= self.deadline {
            return self.elapse();
        }
        if self.is_past() {
            self.cancel();
            return self.elapse();
        }
        if reactor.update_timer(key, cx.waker()) {
            return Poll::Pending;
        }
        // It has fired, between the look at the clock and now, or the runtime is gone.
        if self.is_past() { self.elapse() } else { self.register(cx) }
    }

    #[track_caller]
    #[inline]
    fn register(&mut self, cx: &Context<'_>) -> Poll<()> {
        let worker = self.handle().shared().reactor_index() as u32;
        let reactor = self.reactor(worker);
        let waker = context::clone_waker(cx.waker());
        let key = reactor.insert_timer(self.deadline, waker);
        assert!(
            !key.is_dead(),
            "a timer was polled after its runtime was shut down; it would never fire"
        );
        // From here on, the moment up to which the reactor has fired everything says whether it
        // has fired this timer: it must not have been past the deadline already.
        if reactor.expired_through() >= self.deadline {
            reactor.cancel_timer(key);
            return self.elapse();
        }
        self.state = State::Registered { worker, key };
        Poll::Pending
    }

    fn elapse(&mut self) -> Poll<()> {
        self.state = State::Elapsed;
        Poll::Ready(())
    }

    #[inline]
    fn reactor(&self, worker: u32) -> &Reactor {
        &self.handle().shared().remotes[worker as usize].reactor
    }

    #[inline]
    fn cancel(&mut self) {
        if let State::Registered { worker, key } = self.state
            && let Some(waker) = self.reactor(worker).take_timer(key)
        {
            context::give_back_waker(waker);
        }
    }
}

impl Drop for Entry {
    #[inline]
    fn drop(&mut self) {
        self.cancel();
        if let Some(handle) = self.handle.take() {
            context::give_back(handle);
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
