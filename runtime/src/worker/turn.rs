//! The worker's loop: poll, look at the reactor, search, sleep.
//!
//! ```text
//!         ┌──────────────────────────────────────────────────────────────┐
//!         ▼                                                              │
//!   what is urgent (31 in a row, then something else)
//!         │ nothing                                                      │
//!         ▼                                                              │
//!   own LIFO slot (at most 3 in a row) ─► own queue ─► injector ── task ─┤ poll it
//!         │ nothing                     (every 31st step the injector    │
//!         ▼                              comes first; every 61st step,   │
//!   own inbox of pinned tasks            or 100 us, a look at reactors;  │
//!         │ nothing                      if pinned tasks wait, every     │
//!         ▼                              2nd step is theirs)             │
//!   half of a random victim's queue                                      │
//!         │ nothing                                                      │
//!         ▼                                                              │
//!   what can wait (also every 127th step) ──────────────────────── task ─┤
//!         │ nothing                                                      │
//!         ▼                                                              │
//!   announce sleep ─► look at all queues once more ─► sleep in the ──────┘
//!                                                     reactor
//! ```

use super::{Injected, Local, handover};
use crate::context;
use crate::runtime;
use crate::task::Runnable;
use crate::task::coop::{self, BudgetScope};
use primitives::Timestamp;
use reactor::Turn;
use scheduler::steal::TakeBack;
use std::time::Duration;

/// A sleep that is over sooner did not get as far as the processor's idle loop: something was
/// ready already.
const SHORT: Duration = Duration::from_micros(3);

impl Local {
    /// Runs tasks until `done` says that it is time to leave. `done` is asked before every step
    /// and after every sleep. False if this thread has lost the worker to another one, and must not
    /// touch it any more.
    #[must_use = "the worker may be another thread's"]
    pub(crate) fn run_until(&self, mut done: impl FnMut() -> bool) -> bool {
        let _budget = BudgetScope::enter(self.shared.config.coop_budget);
        let _in_loop = handover::InLoop::enter();
        self.remote().gauges.enter_thread();
        if let Some(monitor) = self.shared.monitor.get() {
            monitor.register_worker(self.index());
        }
        self.remote().post.pulse.enter_thread();
        // The root future of a current-thread runtime is polled before anything else.
        self.count_step();
        let now = self.shared.now();
        self.busy_since.set(now);
        self.shared.coarse.set(now);
        while !done() {
            if !self.begin_step() {
                continue;
            }
            let next = || self.next_in_turn().or_else(|| self.search());
            if let Some(runnable) = next().or_else(|| self.next_deferrable()) {
                self.stop_search();
                self.count(|stats| stats.polls += 1);
                coop::begin_poll();
                handover::begin_poll();
                let (id, is_picked) = runnable.task().id_and_mark();
                self.remote().post.pulse.begin_poll(id.as_u64());
                let again = if self.watches_polls || is_picked {
                    self.run_watched(runnable, is_picked)
                } else {
                    runnable.run_at(&self.shared.coarse)
                };
                if handover::has_left() {
                    // What is shared by all threads still is.
                    again.into_iter().for_each(|it| self.shared.inject(Injected::One(it)));
                    return false;
                }
                self.prefer_slot();
                if let Some(runnable) = again {
                    self.push_again(runnable);
                }
                continue;
            }
            if !(self.sleeps_are_short.get() && self.dozes()) {
                self.sleep();
            }
        }
        self.count_noop();
        self.publish_stats();
        self.stop_search();
        true
    }

    /// The worker is about to sleep again, or leaves. If it has not polled anything since it woke
    /// up, that was in vain.
    fn count_noop(&self) {
        if self.polls_awake.take() == Some(self.stats.get().polls) {
            self.remote().gauges.count_noop();
        }
    }

    /// A step begins, by this number.
    #[inline]
    fn count_step(&self) -> u64 {
        let ticks = self.ticks.get() + 1;
        self.ticks.set(ticks);
        self.remote().post.pulse.progress.set(ticks);
        ticks
    }

    /// False if the worker has slept instead.
    #[inline]
    fn begin_step(&self) -> bool {
        let ticks = self.count_step();
        let post = &self.remote().post;
        if !post.seat.is_held_in(self.tenure.get()) {
            self.claim_seat();
        }
        if !self.glances.is_due(ticks) {
            return true;
        }
        self.glance_at_reactor();
        !self.has_made_room()
    }

    /// This worker was found stuck, and somebody stands in for it: says that it is back. False if
    /// it has to wait for its seat, which it needs for its next sleep only.
    #[cold]
    fn claim_seat(&self) -> bool {
        match self.remote().post.seat.take_back() {
            TakeBack::Taken(tenure) => {
                self.tenure.set(tenure);
                // The stand-in may have used up a wake-up that was meant for this worker: that of a
                // shutdown, or of a pinned task. So the next sleep is over at once.
                self.remote().reactor.unpark();
                return true;
            }
            TakeBack::Wake => self.remote().reactor.unpark(),
            TakeBack::Coming => {}
        }
        false
    }

    /// Enters this worker among the sleepers, with its last look still to come.
    fn fall_asleep(&self) {
        self.lie_down();
        self.shared.idle.fall_asleep(self.index, self.searching.replace(false));
    }

    /// Enters this worker as a sleeper into its seat.
    pub(super) fn lie_down(&self) {
        while !self.remote().post.seat.fall_asleep(self.tenure.get()) {
            // The stand-in rings as soon as it is awake.
            while !self.claim_seat() {
                self.remote().bell.park();
            }
        }
    }

    /// The reverse of `fall_asleep`.
    pub(super) fn get_up(&self) {
        self.searching.set(self.shared.idle.wake_up(self.index));
        self.stand_up();
    }

    /// The reverse of `lie_down`.
    pub(super) fn stand_up(&self) {
        let stays = self.remote().post.seat.wake_up(self.tenure.get());
        debug_assert!(stays, "nobody but this worker takes its own seat back");
    }

    /// Hands out what is ready or due, without waiting.
    fn glance_at_reactor(&self) {
        context::drop_spare_waker();
        self.enter_reactor();
        // `None`: somebody else serves the reactor at this moment, which does as well.
        let turn = self.remote().reactor.try_turn(&|| self.shared.now());
        self.remote().gauges.count_io_events(turn.map_or(0, |turn| turn.io_events));
        self.solo_wakes.set(0);
        let before = self.busy_since.get();
        let now = self.publish_stats();
        self.glances.took(
            now - before,
            self.ticks.get(),
            u64::from(self.shared.config.event_interval),
        );
        self.help_another(now);
        self.leave_reactor();
    }

    /// Looks after another worker's reactor. One worker at a time, in turn.
    fn help_another(&self, now: Timestamp) {
        if !self.shared.config.work_stealing {
            return;
        }
        let remotes = &self.shared.remotes;
        let other = self.glances.next_other(self.index, remotes.len());
        self.shared.help(&remotes[other], now);
    }

    /// Instead of a sleep that would probably be over at once: a look at the reactor. True if
    /// there is something to do.
    fn dozes(&self) -> bool {
        if self.searching.replace(false)
            && self.shared.idle.leave_search()
            && self.shared.sees_work()
        {
            self.shared.announce_rest();
            return true;
        }
        self.enter_reactor();
        let turn = self.remote().reactor.try_turn(&|| self.shared.now());
        self.leave_reactor();
        self.remote().gauges.count_io_events(turn.map_or(0, |turn| turn.io_events));
        let brought = turn.is_some_and(|turn| turn.woken > 0);
        self.sleeps_are_short.set(brought);
        brought
    }

    /// Sleeps until there is something to do.
    fn sleep(&self) {
        // Before the last look at the queues: a waker's drop is user code.
        context::drop_spare_waker();
        if self.skips_to_next_timer() {
            return;
        }
        runtime::call(&self.shared.config.thread_hooks.park);
        self.fall_asleep();
        let for_anybody = self.shared.sees_work();
        if for_anybody || self.pinned_waiting() > 0 || self.waits_for_itself() {
            self.get_up();
            if for_anybody {
                self.shared.announce_rest();
            }
            runtime::call(&self.shared.config.thread_hooks.unpark);
            return;
        }
        self.rest();
        self.make_room();
    }

    /// Sleeps in the reactor as one that is entered among the sleepers.
    pub(super) fn rest(&self) {
        self.count_noop();
        self.remote().gauges.count_park_or_unpark();
        self.count(|stats| stats.parks += 1);
        let asleep_since = self.publish_stats();
        self.shared.tell_if_idle();
        self.enter_reactor();
        let turn = self.park(|| {
            self.get_up();
            if self.shared.idle.snapshot().awake > 1 {
                self.solo_wakes.set(0);
            }
            self.shared.tell_awake();
        });
        self.polls_awake.set(Some(self.stats.get().polls));
        self.remote().gauges.count_park_or_unpark();
        self.remote().gauges.count_io_events(turn.io_events);
        if turn.io_events > 0 {
            self.solo_wakes.set(self.solo_wakes.get().saturating_add(1));
        }
        let now = self.shared.now();
        self.busy_since.set(now);
        self.shared.coarse.set(now);
        self.sleeps_are_short.set(now - asleep_since < SHORT);
        self.help_another(now);
        self.leave_reactor();
        self.glances.restart(self.ticks.get());
    }

    /// Whether the hook that was called just now has queued something on this very worker.
    fn waits_for_itself(&self) -> bool {
        !(self.queue.is_empty() && self.remote().lifo.is_empty())
    }

    fn park(&self, awake: impl FnOnce()) -> Turn {
        let (reactor, now) = (&self.remote().reactor, || self.shared.now());
        let unparked = &self.shared.config.thread_hooks.unpark;
        let awake = || {
            awake();
            runtime::call(unparked);
        };
        if self.shared.seams.clock.is_paused() {
            reactor.park_frozen(&now, awake)
        } else {
            reactor.park_then(&now, None, awake)
        }
    }

    /// Cancels whatever this worker holds. It has left its loop for good.
    pub(crate) fn drain(&self) {
        self.drain_pinned();
        self.slab().cancel_all();
        drop(self.remote().lifo.take());
        while let Some(runnable) = self.queue.take() {
            drop::<Runnable>(runnable);
        }
    }
}
