//! Workers that are too many, since fewer may run than there are.
//!
//! ```text
//!   the limit falls, or a sleeper wakes up by itself (its sockets, its timers, a pinned task)
//!        │
//!        ▼
//!   too many are awake ── found by a busy worker at two glances in a row, by a sleeper at once
//!        │
//!        ▼
//!   LIFO slot and queue ─► injector ─► steps down in the idle register ─► sleeps in its reactor
//!                                           │ not one too many any more
//!                                           ▼
//!                                      goes on as it did
//! ```
//!
//! Why nothing is lost is told in [`Idle`](scheduler::steal::Idle). A worker that has stepped down
//! is a sleeper like any other: it is called when one more may run, its sockets and timers wake it,
//! and it passes on the tasks that these wake. New timers are set at the workers that run, and
//! sockets follow their tasks there, so this soon ceases.
//!
//! A worker with pinned tasks that can run does not step down: nobody else may poll them. It counts
//! as one that runs, and another one makes room for it. If all that run are such, they are too
//! many, for as long as these tasks take.

use super::{Injected, Local};
use crate::context;
use crate::runtime;

impl Local {
    /// A glance was made. True if the worker has slept since, because too many are awake. One more
    /// glance must have found so: sleepers that wake up by themselves are gone sooner.
    pub(super) fn has_made_room(&self) -> bool {
        let is_surplus = self.shared.idle.has_surplus();
        self.saw_surplus.replace(is_surplus) && is_surplus && self.make_room()
    }

    /// Sleeps for as long as too many others are awake. True if it has slept.
    pub(super) fn make_room(&self) -> bool {
        let may_sleep = || {
            self.shared.idle.has_surplus()
                && self.pinned_waiting() == 0
                && !self.shared.is_closing()
        };
        let mut has_slept = false;
        // Each round is a sleep.
        while may_sleep() && self.step_down() {
            has_slept = true;
        }
        has_slept
    }

    /// Gives everything away and sleeps. False if there is no need, or it must not, after all.
    fn step_down(&self) -> bool {
        // Both may queue something here.
        context::drop_spare_waker();
        runtime::call(&self.shared.config.thread_hooks.park);
        self.give_all_away();
        self.lie_down();
        if !self.shared.idle.step_down(self.index, self.searching.get()) {
            self.stand_up();
        } else if self.pinned_waiting() > 0 {
            self.searching.set(false);
            self.get_up();
        } else {
            self.searching.set(false);
            self.rest();
            return true;
        }
        runtime::call(&self.shared.config.thread_hooks.unpark);
        false
    }

    /// Queues what this worker has where any other finds it. As much as fits into its queue.
    fn give_all_away(&self) {
        let queued = std::iter::from_fn(|| self.queue.take());
        let all: Vec<_> = self.remote().lifo.take().into_iter().chain(queued).collect();
        if !all.is_empty() {
            self.shared.inject(Injected::Many(all.into_iter()));
        }
    }
}
